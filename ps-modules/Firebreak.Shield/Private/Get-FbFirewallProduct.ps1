function Get-FbFirewallProduct {
    <#
    .SYNOPSIS
    Names of other firewalls that have registered with the Security Center (XP SP2 and later, no servers).
    #>
    [CmdletBinding()]
    param()
    foreach ($namespace in @('root\SecurityCenter2', 'root\SecurityCenter')) {
        try {
            foreach ($product in @(Get-FbWmi -Namespace $namespace -Class FirewallProduct)) {
                if ($null -ne $product -and $product.displayName) { [string] $product.displayName }
            }
        }
        # A system without it.
        catch { $null = $_ }
    }
}
