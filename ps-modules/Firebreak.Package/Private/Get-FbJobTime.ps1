function Get-FbJobTime {
    <#
    .SYNOPSIS
    When a file of an installation was written, as ISO 8601 text; another time where the file does not tell.
    #>
    [CmdletBinding()]
    param([string] $Path, [AllowNull()] [object] $Otherwise)
    $time = (Get-FbFileInfo -Path $Path).Modified
    if ($null -eq $time) { return $Otherwise }
    $time
}
