function Get-FbIpsecExemption {
    <#
    .SYNOPSIS
    NoDefaultExempt: Value ($null = absent), Key that holds it, Wanted (what a shield writes; $null = it needs nothing).
    .DESCRIPTION
    Where bit 0 is not set, packets from source port 88 pass every filter of Windows 2000, XP and 2003, so that a shield
    would be no obstacle to whoever knows. 2003 sets it by default, 2000 and XP do not.
    #>
    [CmdletBinding()]
    param()
    $services = 'HKLM\SYSTEM\CurrentControlSet\Services'
    $result = @{ Value = $null; Key = "$services\IPSEC"; Wanted = $null }
    # XP and 2003 keep it under IPSEC, later systems under PolicyAgent.
    foreach ($service in @('IPSEC', 'PolicyAgent')) {
        $found = Get-FbRegistryValue -Path "$services\$service" -Name 'NoDefaultExempt'
        if ($found.Present) { $result.Value = [int] $found.Value }
    }
    $version = [string] (Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion' -Name 'CurrentVersion').Value
    if ($version -match '^5\.(\d)$') {
        $now = $result.Value
        if ($null -eq $now) { $now = $(if ([int] $Matches[1] -ge 2) { 3 } else { 0 }) }
        if (($now -band 1) -eq 0) { $result.Wanted = $now -bor 1 }
    }
    New-Object -TypeName PSObject -Property $result
}
