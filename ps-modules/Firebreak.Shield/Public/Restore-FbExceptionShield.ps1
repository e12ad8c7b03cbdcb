function Restore-FbExceptionShield {
    <#
    .SYNOPSIS
    Gives the exceptions that a shield has narrowed back: Changed, Restored, Conflict, Current, StoreSame, Errors.
    .DESCRIPTION
    Only if every one is as the shield has set it or as it was before; if somebody has altered one, nothing is touched and Conflict
    says so. The firewall is told by netsh, and the registry then holds the texts from before again. A second call finds everything restored.
    .PARAMETER Change
    The shield's changes, where the host has lost its record of them.
    .PARAMETER Snapshot
    Hash over all settings before the shield: StoreSame says whether they are the same again; $null without one.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [AllowEmptyCollection()] [string[]] $Change = @(),
        [AllowEmptyString()] [string] $Snapshot = ''
    )
    $result = @{ Changed = $false; Restored = $false; Conflict = $false; Current = ''; StoreSame = $null; Errors = @() }
    $record = Get-FbShieldRecord -Id $Id
    $changes = @(Get-FbExceptionChange -Record $record)
    if ($changes.Count -eq 0) { $changes = @($Change) }
    $todo = @()
    foreach ($one in $changes) {
        $field = @($one -split "`t", 4)
        $now = Get-FbException -ProfileName $field[0] -Item $field[1]
        $means = Get-FbExceptionMeaning -Item $field[1] -Text $now
        $isPrior = $means -eq (Get-FbExceptionMeaning -Item $field[1] -Text $field[2])
        # Off: written for a moment before the service was started, or by the host's own timer.
        $isOurs = $means -eq (Get-FbExceptionMeaning -Item $field[1] -Text $field[3]) -or ($field[1] -eq 'Firewall' -and $now -eq 'Off')
        if (-not $isPrior -and -not $isOurs) {
            $result.Conflict = $true
            $result.Current = "$($field[1]) in the profile $($field[0]): $(if ($now) { $now } else { 'absent' })"
        }
        elseif ($now -cne $field[2]) { $todo = @($one) + $todo }
    }
    if ($result.Conflict) { return New-Object -TypeName PSObject -Property $result }
    $service = $null
    if ([string] $record.ServiceStart) {
        $service = Get-FbService -Name 'SharedAccess'
        # Its state or its mode was chosen by somebody else meanwhile.
        if ($service.Start -ne 'Auto') { $service = $null }
        elseif ($service.State -eq [string] $record.ServiceState -and $service.Start -eq [string] $record.ServiceStart) { $service = $null }
    }
    $stops = $null -ne $service -and [string] $record.ServiceState -eq 'Stopped'
    if (($todo.Count -gt 0 -or $null -ne $service) -and $PSCmdlet.ShouldProcess("Firebreak-$Id", 'restore exceptions')) {
        try {
            $switches = @()
            if ($stops -and $service.State -eq 'Running') { $switches = @($changes | Where-Object { @($_ -split "`t")[1] -eq 'Firewall' }) }
            foreach ($one in $switches) {
                # Off before the exceptions go: with them goes whoever reverts.
                $name = @($one -split "`t")[0]
                Invoke-FbFirewallCommand -Command @(Get-FbExceptionCommand -ProfileName $name -Item 'Firewall' -Current 'On' -Wanted 'Off')
            }
            foreach ($one in $todo) {
                $field = @($one -split "`t", 4)
                if ($stops -and $field[1] -eq 'Firewall') { continue }
                $now = Get-FbException -ProfileName $field[0] -Item $field[1]
                if ((Get-FbService -Name 'SharedAccess').State -eq 'Running') {
                    $command = @(Get-FbExceptionCommand -ProfileName $field[0] -Item $field[1] -Current $now -Wanted $field[2])
                    Invoke-FbFirewallCommand -Command $command
                }
                # An absent switch is off until the service has stopped: otherwise it could mean on.
                if ($field[1] -ne 'Firewall' -and (Get-FbException -ProfileName $field[0] -Item $field[1]) -cne $field[2]) {
                    Set-FbException -ProfileName $field[0] -Item $field[1] -Text $field[2]
                }
                $result.Changed = $true
            }
            if ($null -ne $service) {
                $state = $(if ($stops) { 'Stopped' } else { '' })
                $null = Set-FbService -Name 'SharedAccess' -State $state -Start ([string] $record.ServiceStart)
                $result.Changed = $true
            }
            foreach ($one in $changes) {
                $field = @($one -split "`t", 4)
                if ((Get-FbException -ProfileName $field[0] -Item $field[1]) -cne $field[2]) { Set-FbException -ProfileName $field[0] -Item $field[1] -Text $field[2] }
            }
        }
        catch { $result.Errors += $_.Exception.Message }
    }
    $left = 0
    foreach ($one in $changes) {
        $field = @($one -split "`t", 4)
        if ((Get-FbException -ProfileName $field[0] -Item $field[1]) -cne $field[2]) { $left++ }
    }
    $result.Current = $(if ($left -gt 0) { "$left settings of the shield" } else { 'the exceptions from before' })
    $result.Restored = [bool] ($left -eq 0 -and $result.Errors.Count -eq 0)
    if ($result.Restored -and $Snapshot) { $result.StoreSame = (Get-FbExceptionList).Sha256 -eq $Snapshot }
    if ($result.Restored -and $record.Count -gt 0 -and $PSCmdlet.ShouldProcess("Firebreak-$Id", 'remove timers and record')) { Clear-FbShield -Id $Id }
    elseif ($left -gt 0 -and $result.Errors.Count -eq 0) { $result.Errors += 'settings of the shield are still there' }
    New-Object -TypeName PSObject -Property $result
}
