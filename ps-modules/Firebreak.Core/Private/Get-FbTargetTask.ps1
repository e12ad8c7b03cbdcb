function Get-FbTargetTask {
    <#
    .SYNOPSIS
    Names of the marks of a task that is armed on a target from before Windows Vista.
    #>
    [CmdletBinding()]
    param([string] $Name)
    $base = Get-FbTaskFile -Name $Name
    # No sign in the name of such a file means anything in a pattern.
    $mark = '^{0}-\d+(-[0-9a-f]{{8}})?\.armed$' -f ($base -replace '^.*\\', '')
    foreach ($file in @(Get-FbChildName -Path ($base -replace '\\[^\\]+$', ''))) {
        if ("$file" -match $mark) { $file }
    }
}
