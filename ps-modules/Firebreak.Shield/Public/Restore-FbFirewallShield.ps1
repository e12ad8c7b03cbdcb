function Restore-FbFirewallShield {
    <#
    .SYNOPSIS
    Takes the rules of a shield away: Changed, Restored, Conflict, Current, StoreSame, Errors.
    .DESCRIPTION
    Only rules of the shield's own, and only if they are still as it has made them; if somebody has altered one, nothing is
    touched and Conflict says so. A profile that the shield has turned on is turned off again. A second call finds everything restored.
    .PARAMETER Snapshot
    Hash over all rules before the shield: StoreSame says whether they are the same again; $null without one.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [AllowEmptyString()] [string] $Snapshot = ''
    )
    $result = @{ Changed = $false; Restored = $false; Conflict = $false; Current = ''; StoreSame = $null; Errors = @() }
    $record = Get-FbShieldRecord -Id $Id
    $store = Get-FbFirewallStore
    $own = @(Select-FbFirewallRule -Id $Id -Rules $store.Rules -Record $record)
    $altered = @($own | Where-Object { $_.Changed })
    if (-not $store.Readable) { $result.Errors += 'the rules of the firewall could not be read' }
    elseif ($altered.Count -gt 0) {
        $result.Conflict = $true
        $result.Current = "firewall rule $($altered[0].Name): $($altered[0].Text)"
    }
    else {
        if (($own.Count -gt 0 -or $record.Count -gt 0) -and $PSCmdlet.ShouldProcess("Firebreak-$Id", 'remove firewall rules')) {
            try {
                $off = @((Get-FbFirewallProfile).Off)
                # First of all: without the firewall the rules mean nothing.
                foreach ($name in @([string] $record.TurnedOn -split ',')) {
                    if (-not $name -or $off -contains $name) { continue }
                    Invoke-FbFirewallCommand -Command @('advfirewall', 'set', "$($name.ToLower())profile", 'state', 'off')
                    $result.Changed = $true
                }
                if ($own.Count -gt 0) {
                    Remove-FbFirewallRule -Id $Id -Rule $own
                    $result.Changed = $true
                }
            }
            catch { $result.Errors += $_.Exception.Message }
        }
        $after = Get-FbFirewallStore
        $left = @(Select-FbFirewallRule -Id $Id -Rules $after.Rules -Record @{})
        $result.Current = $(if ($left.Count -gt 0) { "$($left.Count) firewall rules of the shield" } else { 'no firewall rule of the shield' })
        $result.Restored = [bool] ($after.Readable -and $left.Count -eq 0 -and $result.Errors.Count -eq 0)
        if ($result.Restored -and $Snapshot) { $result.StoreSame = $after.Sha256 -eq $Snapshot }
        if ($result.Restored -and $record.Count -gt 0 -and $PSCmdlet.ShouldProcess("Firebreak-$Id", 'remove timers and record')) { Clear-FbShield -Id $Id }
        elseif ($left.Count -gt 0 -and $result.Errors.Count -eq 0) { $result.Errors += 'rules of the shield are still there' }
    }
    New-Object -TypeName PSObject -Property $result
}
