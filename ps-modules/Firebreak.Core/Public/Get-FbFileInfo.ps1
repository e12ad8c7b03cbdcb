function Get-FbFileInfo {
    <#
    .SYNOPSIS
    What is known of a file: Path, Exists, Version (the numbers of its resource, as 5.1.2600.1263), Length, Created and Modified (UTC).
    .DESCRIPTION
    Never fails: Exists is $null and Error says why when it cannot be told. The text of a version is localised and may
    carry more than the numbers, so it is never read.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path)
    $result = @{ Path = $Path; Exists = $null; Version = $null; Length = $null; Created = $null; Modified = $null; Error = $null }
    try {
        $full = Resolve-FbPath -Path $Path
        $result.Exists = [bool] (Test-Path -LiteralPath $full -PathType Leaf -ErrorAction Stop)
        if ($result.Exists) {
            $item = Get-Item -LiteralPath $full -Force -ErrorAction Stop
            $result.Length = [long] $item.Length
            $result.Created = ConvertTo-FbTime -Value $item.CreationTime
            $result.Modified = ConvertTo-FbTime -Value $item.LastWriteTime
            $info = $item.VersionInfo
            if ($null -ne $info -and $info.FileMajorPart + $info.FileMinorPart + $info.FileBuildPart + $info.FilePrivatePart -gt 0) {
                $result.Version = '{0}.{1}.{2}.{3}' -f $info.FileMajorPart, $info.FileMinorPart, $info.FileBuildPart, $info.FilePrivatePart
            }
        }
    }
    catch {
        $result.Exists = $null
        $result.Error = $_.Exception.GetBaseException().Message
    }
    New-Object -TypeName PSObject -Property $result
}
