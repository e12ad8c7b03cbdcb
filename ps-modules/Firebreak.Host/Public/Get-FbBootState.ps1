function Get-FbBootState {
    <#
    .SYNOPSIS
    When the host was started and why it awaits a reboot, if it does.
    .DESCRIPTION
    BootSource says what the time is: wmi, the boot itself; shutdown, on a target whose WMI does not answer, the last
    orderly shutdown, which shows that it was restarted all the same. Times of different sources must not be compared.
    #>
    [CmdletBinding()]
    param()
    $boot = Get-FbBootTime
    if ($null -eq $boot.Time) {
        $message = 'when the host was started cannot be read: WMI does not answer, and no shutdown is noted in its registry'
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_INVOKE_FAILED' -Message $message))
    }
    $now = ConvertTo-FbTime -Value (Get-FbTime)
    $uptime = ([DateTime] $now - [DateTime] $boot.Time).TotalSeconds
    $pending = Get-FbPendingReboot
    $asked = Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Firebreak\Lease' -Name 'RestartAsked'
    New-Object -TypeName PSObject -Property @{
        BootTime        = $boot.Time
        BootSource      = $boot.Source
        UptimeSeconds   = [long] $uptime
        PendingReboot   = @($pending.Reasons)
        PendingReadable = [bool] $pending.Readable
        # No interface of the system tells a scheduled shutdown without cancelling it; Restart-FbHost leaves a mark.
        ShutdownPending = $null
        RestartAsked    = [bool] ($asked.Present -and [string] $asked.Value -eq [string] $boot.Time)
    }
}
