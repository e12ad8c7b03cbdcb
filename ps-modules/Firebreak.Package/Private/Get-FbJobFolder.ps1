function Get-FbJobFolder {
    <#
    .SYNOPSIS
    Folder of the detached installation of a package, by the package's SHA-256; without one, the folder of all.
    #>
    [CmdletBinding()]
    param([string] $Sha256 = '')
    $all = Join-Path -Path (Get-FbDataFolder) -ChildPath 'jobs'
    if (-not $Sha256) { return $all }
    Join-Path -Path $all -ChildPath $Sha256.ToLower().Substring(0, 16)
}
