function Invoke-FbShieldTimer {
    <#
    .SYNOPSIS
    What a timer of a shield does when it fires; runs as a task of the host, without any controller.
    .DESCRIPTION
    confirm: the controller has not come back, so the shield goes, blindly. ttl: it goes if the system is fixed; a
    vulnerable one is never opened by a timer, the record says Expired and stays.
    #>
    [CmdletBinding()]
    param([string] $Id, [string] $Timer)
    $record = Get-FbShieldRecord -Id $Id
    if ($record.Count -eq 0) { return }
    if ($Timer -eq 'confirm' -and $record.Confirmed) { return }
    $now = ConvertTo-FbTime -Value (Get-FbTime)
    if ($Timer -eq 'ttl' -and -not (Test-FbFloor -Floor ([string] $record.Floor -split ' '))) {
        $null = Set-FbRegistryValue -Path (Get-FbShieldKey -Id $Id) -Name 'Expired' -Type String -Value $now
        return
    }
    # A controller that comes to confirm just now must not believe that the shield stands.
    $null = Set-FbRegistryValue -Path (Get-FbShieldKey -Id $Id) -Name 'Reverting' -Type String -Value $now
    # One that has confirmed since the record was read got there first.
    if ($Timer -eq 'confirm' -and (Get-FbShieldRecord -Id $Id).Confirmed) {
        $null = Remove-FbRegistryValue -Path (Get-FbShieldKey -Id $Id) -Name 'Reverting'
        return
    }
    if ($record.Method -eq 'ipsec') {
        $done = Restore-FbIpsecShield -Id $Id -PriorName $record.PriorName -PriorPath $record.PriorPath -AgentState $record.AgentState -AgentStart $record.AgentStart
    }
    elseif ($record.Method -eq 'firewall') { $done = Restore-FbFirewallShield -Id $Id }
    elseif ($record.Method -eq 'exceptions') { $done = Restore-FbExceptionShield -Id $Id }
    elseif ($record.Method -eq 'service') {
        $dependents = @([string] $record.Dependents -split ' ' | Where-Object { $_ })
        $done = Restore-FbServiceShield -Id $Id -Name $record.Service -PriorState $record.PriorState -PriorStart $record.PriorStart -PriorDelayed $record.PriorDelayed -Dependents $dependents
    }
    else {
        $done = Restore-FbRegistryShield -Id $Id -Key $record.Key -Name $record.Name -Type $record.Type -Value $record.Value -PriorPresent ($record.PriorPresent -eq 'True') -PriorType $record.PriorType -PriorValue $record.PriorValue -Service ([string] $record.Service)
    }
    # The ledger on the controller learns from here what became of the shield.
    $said = '{0} {1} {2}' -f $now, $Timer, $(if ($done.Restored) { 'reverted' } elseif ($done.Conflict) { 'conflict' } else { 'failed' })
    $null = Set-FbRegistryValue -Path 'HKLM\SOFTWARE\Firebreak\ShieldLog' -Name $Id -Type String -Value $said
}
