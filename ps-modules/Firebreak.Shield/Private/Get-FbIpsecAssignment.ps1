function Get-FbIpsecAssignment {
    <#
    .SYNOPSIS
    Which IPsec policy is assigned, from the registry: netsh says it in the system's language only.
    #>
    [CmdletBinding()]
    param()
    $root = 'HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec'
    $result = @{ Readable = $true; Name = $null; Path = $null; GpoAssigned = $false; GpoName = $null; Policies = @{} }
    $active = Get-FbRegistryValue -Path "$root\Policy\Local" -Name 'ActivePolicy'
    $names = Get-FbRegistryName -Path "$root\Policy\Local"
    $gpo = Get-FbRegistryValue -Path "$root\GPTIPSECPolicy" -Name 'DSIPSECPolicyPath'
    $gpoName = Get-FbRegistryValue -Path "$root\GPTIPSECPolicy" -Name 'DSIPSECPolicyName'
    $result.Readable = $active.Readable -and $names.Readable -and $gpo.Readable
    foreach ($key in $names.SubKeys) {
        if ($key -notlike 'ipsecPolicy{*') { continue }
        $result.Policies[$key] = [string] (Get-FbRegistryValue -Path "$root\Policy\Local\$key" -Name 'ipsecName').Value
    }
    if ($active.Present -and $active.Value) {
        $result.Path = [string] $active.Value
        $key = $result.Path.Substring($result.Path.LastIndexOf('\') + 1)
        # A path to nothing is an assignment to nothing, but one that a revert has to know.
        if ($result.Policies.ContainsKey($key)) { $result.Name = $result.Policies[$key] }
    }
    if ($gpo.Present -or $gpoName.Present) {
        $result.GpoAssigned = $true
        $result.GpoName = [string] $gpoName.Value
    }
    New-Object -TypeName PSObject -Property $result
}
