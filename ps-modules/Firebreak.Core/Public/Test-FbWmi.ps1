function Test-FbWmi {
    <#
    .SYNOPSIS
    Whether WMI of the machine, or of the target, answers us.
    #>
    [CmdletBinding()]
    param()
    try { $null -ne (Get-FbWmi -Class Win32_OperatingSystem) }
    catch { $false }
}
