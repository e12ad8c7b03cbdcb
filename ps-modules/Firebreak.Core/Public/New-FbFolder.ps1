function New-FbFolder {
    <#
    .SYNOPSIS
    Makes a folder and its parents where they are missing; no output.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] [string] $Path)
    if (Test-FbFile -Path $Path -PathType Container) { return }
    if ($PSCmdlet.ShouldProcess($Path, 'create folder')) {
        $null = New-Item -ItemType Directory -Path (Resolve-FbPath -Path $Path) -Force -ErrorAction Stop
    }
}
