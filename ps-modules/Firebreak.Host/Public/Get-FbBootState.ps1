function Get-FbBootState {
    <#
    .SYNOPSIS
    When the host was started and why it awaits a reboot, if it does.
    .DESCRIPTION
    BootSource says what BootTime is: wmi, the boot itself; on a target whose WMI does not answer a time before the boot
    that a restart makes later: shutdown (the last orderly one), asked (Restart-FbHost), installed. A host that was
    asked to restart shows the time that it showed then for as long as the mark is there that only a restart takes away:
    a clock that is set while it waits for its users or goes down, what it notes then, or a change of source, does not
    look like a boot.
    #>
    [CmdletBinding()]
    param()
    $key = 'HKLM\SOFTWARE\Firebreak\Lease'
    $asked = Get-FbRegistryValue -Path $key -Name 'RestartAsked'
    $boot = Get-FbAskedBoot -Boot (Get-FbBootTime) -Asked $asked
    if ($null -eq $boot.Time) {
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_INVOKE_FAILED' -Message 'when the host was started cannot be read'))
    }
    $now = ConvertTo-FbTime -Value (Get-FbTime)
    $uptime = ([DateTime] $now - [DateTime] $boot.Time).TotalSeconds
    $pending = Get-FbPendingReboot
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
