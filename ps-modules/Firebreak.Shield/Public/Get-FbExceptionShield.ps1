function Get-FbExceptionShield {
    <#
    .SYNOPSIS
    The Windows Firewall of XP SP2 and 2003 SP1, and whether the shield of this id stands in it.
    .DESCRIPTION
    That firewall lets nobody in but by exceptions. Own: none, ours, changed (somebody has altered what the shield had set, or an
    attempt was cut off). Stands: all that the shield has set is so, the service runs and both profiles are on.
    .PARAMETER Change
    The shield's changes, where the host has lost its record of them.
    .PARAMETER Survey
    Also what only a shield that is to go up needs to know: all settings, other products, a hash.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [AllowEmptyCollection()] [string[]] $Change = @(),
        [switch] $Survey
    )
    $kind = Get-FbFirewallKind
    $record = Get-FbShieldRecord -Id $Id
    $service = Get-FbService -Name 'SharedAccess'
    $list = New-Object -TypeName PSObject -Property @{ Readable = $true; Local = @(); Policy = @(); Sha256 = '' }
    if ($Survey) { $list = Get-FbExceptionList }
    $changes = @(Get-FbExceptionChange -Record $record)
    if ($changes.Count -eq 0) { $changes = @($Change) }
    $wanted = 0
    $prior = 0
    foreach ($one in $changes) {
        $field = @($one -split "`t", 4)
        $now = Get-FbExceptionMeaning -Item $field[1] -Text (Get-FbException -ProfileName $field[0] -Item $field[1])
        if ($now -eq (Get-FbExceptionMeaning -Item $field[1] -Text $field[3])) { $wanted++ }
        elseif ($now -eq (Get-FbExceptionMeaning -Item $field[1] -Text $field[2])) { $prior++ }
    }
    $own = 'changed'
    if ($prior -eq $changes.Count) { $own = 'none' }
    elseif ($wanted -eq $changes.Count) { $own = 'ours' }
    $on = 0
    foreach ($name in @('Domain', 'Standard')) {
        $policy = Get-FbRegistryValue -Path (Get-FbExceptionKey -ProfileName $name -Policy) -Name 'EnableFirewall'
        $isOn = (Get-FbException -ProfileName $name -Item 'Firewall') -ne 'Off'
        if ($policy.Present) { $isOn = [string] $policy.Value -ne '0' }
        if ($isOn) { $on++ }
    }
    New-Object -TypeName PSObject -Property @{
        Kind         = $kind.Kind
        Stands       = [bool] ($own -eq 'ours' -and $service.State -eq 'Running' -and $on -eq 2)
        Own          = $own
        ServiceState = $service.State
        ServiceStart = $service.Start
        Local        = [string[]] @($list.Local)
        Policy       = [string[]] @($list.Policy)
        Products     = [string[]] @($(if ($Survey) { Get-FbFirewallProduct }))
        # A host without PowerShell: it has the confirm timer only.
        Relayed      = ($null -ne (Get-FbTarget))
        Snapshot     = [string] $list.Sha256
        ConfirmArmed = [bool] (Test-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm))
        Expired      = [string] $record.Expired
        Recorded     = [bool] ($record.Count -gt 0)
        Readable     = [bool] ($list.Readable -and -not $kind.Error)
    }
}
