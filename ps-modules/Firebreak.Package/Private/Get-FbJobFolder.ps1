function Get-FbJobFolder {
    <#
    .SYNOPSIS
    Folder of the detached installation of a package, by the package's SHA-256; without one, the folder of all.
    #>
    [CmdletBinding()]
    param([string] $Sha256 = '')
    $all = '{0}\jobs' -f (Get-FbDataFolder)
    if (-not $Sha256) { return $all }
    '{0}\{1}' -f $all, $Sha256.ToLower().Substring(0, 16)
}
