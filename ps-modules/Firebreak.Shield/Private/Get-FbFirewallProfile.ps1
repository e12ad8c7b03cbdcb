function Get-FbFirewallProfile {
    <#
    .SYNOPSIS
    The profiles of Windows Firewall as they are in force: Off, Unmerged (local rules do not count), ByPolicy (switched by a
    Group Policy), Current (of the networks that are connected; empty = it cannot be told).
    .DESCRIPTION
    By the cmdlets of the module NetSecurity where they are, else from the registry, where Group Policy comes first.
    #>
    [CmdletBinding()]
    param()
    $result = @{ Off = @(); Unmerged = @(); ByPolicy = @(); Current = @() }
    $policies = 'HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall'
    $local = 'HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy'
    $off = @()
    $unmerged = @()
    foreach ($name in @('Domain', 'Private', 'Public')) {
        $policy = Get-FbRegistryValue -Path "$policies\${name}Profile" -Name 'EnableFirewall'
        # Templates of XP's time know a standard profile, which stands for both.
        if (-not $policy.Present -and $name -ne 'Domain') { $policy = Get-FbRegistryValue -Path "$policies\StandardProfile" -Name 'EnableFirewall' }
        if ($policy.Present) { $result.ByPolicy += $name }
        $key = $(if ($name -eq 'Private') { 'StandardProfile' } else { "${name}Profile" })
        $switch = $(if ($policy.Present) { $policy } else { Get-FbRegistryValue -Path "$local\$key" -Name 'EnableFirewall' })
        if ($switch.Present -and [string] $switch.Value -eq '0') { $off += $name }
        $merge = Get-FbRegistryValue -Path "$policies\${name}Profile" -Name 'AllowLocalPolicyMerge'
        if ($merge.Present -and [string] $merge.Value -eq '0') { $unmerged += $name }
    }
    $result.Off = $off
    $result.Unmerged = $unmerged
    if (Get-FbTarget) { return New-Object -TypeName PSObject -Property $result }
    if (Get-Command -Name Get-NetFirewallProfile -ErrorAction SilentlyContinue) {
        try {
            # What is in force, also by means that leave nothing in these keys.
            $active = @(Get-NetFirewallProfile -PolicyStore ActiveStore -ErrorAction Stop)
            $result.Off = @($active | Where-Object { "$($_.Enabled)" -eq 'False' } | ForEach-Object { [string] $_.Name })
            $result.Unmerged = @($active | Where-Object { "$($_.AllowLocalFirewallRules)" -eq 'False' } | ForEach-Object { [string] $_.Name })
        }
        catch { $null = $_ }
    }
    if (Get-Command -Name Get-NetConnectionProfile -ErrorAction SilentlyContinue) {
        try {
            foreach ($network in @(Get-NetConnectionProfile -ErrorAction Stop)) {
                $category = "$($network.NetworkCategory)" -replace '^DomainAuthenticated$', 'Domain'
                if (@('Domain', 'Private', 'Public') -contains $category -and $result.Current -notcontains $category) { $result.Current += $category }
            }
        }
        catch { $null = $_ }
    }
    New-Object -TypeName PSObject -Property $result
}
