function Move-FbFile {
    <#
    .SYNOPSIS
    Gives a file or folder another name on its drive; fails when that is taken.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] [string] $Path, [Parameter(Mandatory = $true)] [string] $Destination)
    if ($PSCmdlet.ShouldProcess($Path, "move to $Destination")) {
        Move-Item -LiteralPath (Resolve-FbPath -Path $Path) -Destination (Resolve-FbPath -Path $Destination) -ErrorAction Stop
    }
}
