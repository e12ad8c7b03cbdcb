function Add-FbTargetJob {
    <#
    .SYNOPSIS
    Makes a job of the target's scheduler by WMI: its number, or nothing where that is not to be had.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Path, [int] $Seconds)
    if (-not $PSCmdlet.ShouldProcess($Path, 'add a job')) { return }
    try {
        $zone = [int] (Get-FbWmi -Class Win32_OperatingSystem).CurrentTimeZone
        # Up to a whole minute, and never the one that is just running: that would be tomorrow's.
        $due = (Get-FbTime).AddSeconds([Math]::Max($Seconds, 61) + 59).AddMinutes($zone)
        $sign = '+'
        if ($zone -lt 0) { $sign = '-' }
        $when = '********{0:00}{1:00}00.000000{2}{3:000}' -f $due.Hour, $due.Minute, $sign, [Math]::Abs($zone)
        $command = '{0}\cmd.exe /c {1}' -f (Get-FbSystemFolder), $Path
        $argument = @{ Command = $command; DaysOfMonth = [uint32] 0; DaysOfWeek = [uint32] 0; InteractWithDesktop = $false; RunRepeatedly = $false; StartTime = $when }
        $made = Invoke-FbWmiMethod -Class Win32_ScheduledJob -Name Create -Argument $argument
        if ($made.ReturnValue -eq 0) { return [int] $made.JobId }
    }
    # Why not does not matter: there is another way.
    catch { $made = $null }
}
