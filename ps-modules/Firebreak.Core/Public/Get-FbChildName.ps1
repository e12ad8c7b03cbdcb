function Get-FbChildName {
    <#
    .SYNOPSIS
    Names of the files and folders in a folder; nothing when it is not there.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path)
    if (-not (Test-FbFile -Path $Path -PathType Container)) { return }
    foreach ($item in @(Get-ChildItem -LiteralPath (Resolve-FbPath -Path $Path) -ErrorAction Stop)) {
        # PowerShell 2 goes once through nothing.
        if ($null -ne $item) { [string] $item.Name }
    }
}
