function Get-FbInfectedImage {
    <#
    .SYNOPSIS
    A file as evidence: Path, Length, Created, Modified, Version, Sha256, Error.
    #>
    [CmdletBinding()]
    param([string] $Path)
    $info = Get-FbFileInfo -Path $Path
    $result = @{
        Path = $Path; Length = $info.Length; Created = $info.Created; Modified = $info.Modified; Version = $info.Version; Sha256 = $null; Error = [string] $info.Error
    }
    if ($info.Exists) {
        try { $result.Sha256 = Get-FbSha256 -Path $Path }
        catch { $result.Error = $_.Exception.GetBaseException().Message }
    }
    New-Object -TypeName PSObject -Property $result
}
