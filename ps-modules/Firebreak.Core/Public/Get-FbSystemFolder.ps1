function Get-FbSystemFolder {
    <#
    .SYNOPSIS
    Folder of the native system programs, also from a 32-bit process on a 64-bit system; of a target as it names it itself.
    #>
    [CmdletBinding()]
    param()
    if ($script:FbTarget) { return '{0}\System32' -f $script:FbTarget.SystemRoot }
    $name = 'System32'
    if ($env:PROCESSOR_ARCHITEW6432) { $name = 'Sysnative' }
    Join-Path -Path $env:SystemRoot -ChildPath $name
}
