function Remove-FbFile {
    <#
    .SYNOPSIS
    Removes a file, or with Recurse a folder and all in it, if it is there; no output.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] [string] $Path, [switch] $Recurse)
    if ((Test-FbFile -Path $Path) -and $PSCmdlet.ShouldProcess($Path, 'remove')) {
        Remove-Item -LiteralPath (Resolve-FbPath -Path $Path) -Recurse:$Recurse -Force -ErrorAction Stop
    }
}
