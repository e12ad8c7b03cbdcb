function Test-FbFile {
    <#
    .SYNOPSIS
    Whether there is such a file (Leaf), such a folder (Container), or either.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [ValidateSet('Any', 'Leaf', 'Container')] [string] $PathType = 'Any'
    )
    [bool] (Test-Path -LiteralPath (Resolve-FbPath -Path $Path) -PathType $PathType)
}
