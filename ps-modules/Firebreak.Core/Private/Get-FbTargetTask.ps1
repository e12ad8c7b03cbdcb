function Get-FbTargetTask {
    <#
    .SYNOPSIS
    Names of the marks of a task that is armed on a target from before Windows Vista.
    #>
    [CmdletBinding()]
    param([string] $Name)
    $base = Get-FbTaskFile -Name $Name
    $leaf = $base -replace '^.*\\', ''
    foreach ($file in @(Get-FbChildName -Path ($base -replace '\\[^\\]+$', ''))) {
        if ("$file" -match '^(.+)-\d+\.armed$' -and $Matches[1] -eq $leaf) { $file }
    }
}
