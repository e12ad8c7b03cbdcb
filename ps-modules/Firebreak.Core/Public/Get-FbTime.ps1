function Get-FbTime {
    <#
    .SYNOPSIS
    The time of the host in UTC, by the same clock and zone as its boot time.
    .DESCRIPTION
    Where WMI of a target does not answer it is the relay's time.
    #>
    [CmdletBinding()]
    param()
    $text = $null
    try { $text = ConvertTo-FbTime -Value (Get-FbWmi -Class Win32_OperatingSystem).LocalDateTime } catch { $text = $null }
    if ($null -eq $text) { return (Get-Date).ToUniversalTime() }
    ([DateTime] $text).ToUniversalTime()
}
