function Set-FbExceptionShield {
    <#
    .SYNOPSIS
    Narrows the exceptions of the Windows Firewall of XP SP2 and 2003 SP1 to the exempt: Changed, Applied, Errors.
    .DESCRIPTION
    The record and the timers come first, so that the host can revert by itself whatever happens next. The changes are made in
    their order, so that the firewall is turned on after everything that has to get in. Doing it again changes nothing that stands.
    .PARAMETER Change
    Texts of profile (Domain, Standard), item, prior and wanted, by tabulators; items and values as Get-FbException has them.
    .PARAMETER StartService
    The firewall's service has to run from now on.
    .PARAMETER Floor
    build.revision from which on the host may take the shield down by itself.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [Parameter(Mandatory = $true)] [string[]] $Change,
        [bool] $StartService = $false,
        [ValidateRange(10, 86400)] [int] $ConfirmSeconds = 300,
        [int] $TtlSeconds = 0,
        [AllowEmptyCollection()] [string[]] $Floor = @()
    )
    $result = @{ Changed = $false; Applied = $false; Errors = @() }
    $before = Get-FbExceptionShield -Id $Id -Change $Change
    if ($before.Kind -ne 'exceptions') { $result.Errors += 'the host has no firewall that lets in by exceptions alone' }
    elseif ($before.Stands -and (Get-FbShieldRecord -Id $Id).Confirmed) { $result.Applied = $true }
    elseif ($PSCmdlet.ShouldProcess("Firebreak-$Id", 'change exceptions')) {
        try {
            $written = @{ Method = 'exceptions'; Floor = ($Floor -join ' ') }
            if ($StartService) {
                $written.ServiceState = [string] $before.ServiceState
                $written.ServiceStart = [string] $before.ServiceStart
            }
            for ($n = 0; $n -lt $Change.Count; $n++) { $written['Change.{0:d3}' -f $n] = $Change[$n] }
            Set-FbShieldRecord -Id $Id -Record $written
            $record = Get-FbShieldRecord -Id $Id
            $script = ''
            if (Get-FbTarget) {
                $start = $(if ([string] $record.ServiceState -eq 'Stopped') { [string] $record.ServiceStart } else { '' })
                $script = Get-FbExceptionScript -Id $Id -Change $Change -ServiceStart $start
            }
            Set-FbShieldTimer -Id $Id -ConfirmSeconds $ConfirmSeconds -TtlSeconds $TtlSeconds -TargetScript $script
            $result.Changed = $true
            if ($StartService -and $before.ServiceState -ne 'Running') {
                # It would shut everybody out at once where its profile is on and the exempt are not let in yet.
                foreach ($name in @('Domain', 'Standard')) { Set-FbException -ProfileName $name -Item 'Firewall' -Text 'Off' }
            }
            if ($StartService) { $null = Set-FbService -Name 'SharedAccess' -State 'Running' -Start 'Auto' }
            foreach ($one in $Change) {
                $field = @($one -split "`t", 4)
                $now = Get-FbException -ProfileName $field[0] -Item $field[1]
                if ((Get-FbExceptionMeaning -Item $field[1] -Text $now) -eq (Get-FbExceptionMeaning -Item $field[1] -Text $field[3])) { continue }
                $command = @(Get-FbExceptionCommand -ProfileName $field[0] -Item $field[1] -Current $now -Wanted $field[3])
                Invoke-FbFirewallCommand -Command $command
            }
        }
        catch { $result.Errors += $_.Exception.Message }
        $result.Applied = (Get-FbExceptionShield -Id $Id -Change $Change).Stands
    }
    New-Object -TypeName PSObject -Property $result
}
