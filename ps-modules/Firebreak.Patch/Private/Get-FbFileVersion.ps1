function Get-FbFileVersion {
    <#
    .SYNOPSIS
    The version of a file from the numbers of its version resource; its text is localised and may carry more.
    #>
    [CmdletBinding()]
    param([string] $Path)
    $result = @{ Path = $Path; Exists = $null; Version = $null }
    $full = $Path -replace '^%SystemRoot%\\System32\\', ((Get-FbSystemFolder) + '\')
    $full = $full -replace '^%SystemRoot%', $env:SystemRoot
    $full = $full -replace '^%ProgramFiles%', $env:ProgramFiles
    try {
        $result.Exists = [bool] (Test-Path -LiteralPath $full -PathType Leaf -ErrorAction Stop)
        if ($result.Exists) {
            $info = (Get-Item -LiteralPath $full -Force -ErrorAction Stop).VersionInfo
            if ($null -ne $info -and $info.FileMajorPart + $info.FileMinorPart + $info.FileBuildPart + $info.FilePrivatePart -gt 0) {
                $result.Version = '{0}.{1}.{2}.{3}' -f $info.FileMajorPart, $info.FileMinorPart, $info.FileBuildPart, $info.FilePrivatePart
            }
        }
    }
    catch { $result.Exists = $null }
    New-Object -TypeName PSObject -Property $result
}
