function Get-FbBootState {
    <#
    .SYNOPSIS
    When the host was started and why it awaits a reboot, if it does.
    #>
    [CmdletBinding()]
    param()
    $system = Get-FbWmi -Class Win32_OperatingSystem
    $boot = ConvertTo-FbTime -Value $system.LastBootUpTime
    $now = ConvertTo-FbTime -Value $system.LocalDateTime
    if ($null -eq $now) { $now = ConvertTo-FbTime -Value (Get-FbTime) }
    $uptime = ([DateTime] $now - [DateTime] $boot).TotalSeconds
    $pending = Get-FbPendingReboot
    $asked = Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Firebreak\Lease' -Name 'RestartAsked'
    New-Object -TypeName PSObject -Property @{
        BootTime        = $boot
        UptimeSeconds   = [long] $uptime
        PendingReboot   = @($pending.Reasons)
        PendingReadable = [bool] $pending.Readable
        # No interface of the system tells a scheduled shutdown without cancelling it; Restart-FbHost leaves a mark.
        ShutdownPending = $null
        RestartAsked    = [bool] ($asked.Present -and [string] $asked.Value -eq [string] $boot)
    }
}
