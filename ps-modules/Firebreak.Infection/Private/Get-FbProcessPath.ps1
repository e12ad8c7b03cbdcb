function Get-FbProcessPath {
    <#
    .SYNOPSIS
    Full paths of the programs that run; nothing where the system cannot tell: the files decide then.
    #>
    [CmdletBinding()]
    param()
    try {
        foreach ($process in @(Get-FbWmi -Class Win32_Process)) {
            if ($null -ne $process -and $process.ExecutablePath) { [string] $process.ExecutablePath }
        }
    }
    catch { return }
}
