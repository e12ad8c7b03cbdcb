function Set-FbCrashHold {
    <#
    .SYNOPSIS
    From now on the service manager does only what is given when a service dies: Changed, Applied, Stopped, Started, Errors.
    .PARAMETER StopCountdown
    Calls off the restart whose countdown the last end of the service has begun. It cannot be told from one that somebody else has asked for: so it is for a
    host whose log has just shown such an end. Stopped: there was one.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9_.-]+$')] [string] $Service,
        [Parameter(Mandatory = $true)] [string] $Action,
        [bool] $StopCountdown = $false
    )
    $result = @{ Changed = $false; Applied = $false; Stopped = $false; Started = $false; Errors = @() }
    if ($PSCmdlet.ShouldProcess($Service, "hold off its restarts of the system, $Action")) {
        if ($StopCountdown) {
            $countdown = Stop-FbCountdown
            $result.Stopped = $countdown.Stopped
            if ($countdown.Error) { $result.Errors += $countdown.Error }
        }
        try {
            if ((Get-FbCrashHold -Service $Service).Action -ne $Action) {
                $null = Set-FbServiceFailure -Name $Service -Reset 0 -Action $Action
                $result.Changed = $true
            }
            # What has died before nobody starts again; everything else on the host needs it.
            if ((Get-FbService -Name $Service).State -eq 'Stopped') { $result.Started = (Set-FbService -Name $Service -State Running).Changed }
        }
        catch { $result.Errors += $_.Exception.GetBaseException().Message }
    }
    $now = Get-FbCrashHold -Service $Service
    $result.Applied = [bool] ($now.Readable -and $now.Action -eq $Action)
    New-Object -TypeName PSObject -Property $result
}
