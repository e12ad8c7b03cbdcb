function Remove-FbFirewallRule {
    <#
    .SYNOPSIS
    Removes the rules of a shield, and no others.
    .PARAMETER Rule
    From Select-FbFirewallRule.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Id, [object[]] $Rule)
    if ($Rule.Count -eq 0 -or -not $PSCmdlet.ShouldProcess("Firebreak-$Id", 'remove firewall rules')) { return }
    if (-not (Get-FbTarget) -and (Get-Command -Name Remove-NetFirewallRule -ErrorAction SilentlyContinue)) {
        foreach ($one in $Rule) { Remove-NetFirewallRule -Name $one.Name -ErrorAction Stop }
        return
    }
    Invoke-FbFirewallCommand -Command @('advfirewall', 'firewall', 'delete', 'rule', "name=Firebreak-$Id")
}
