function Get-FbFileHash {
    <#
    .SYNOPSIS
    Whether a file exists, its SHA-256 (lower-case hexadecimal) and its length in bytes.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path)
    $result = @{ Path = $Path; Exists = $false; Sha256 = $null; Length = 0 }
    if (Test-FbFile -Path $Path -PathType Leaf) {
        $stream = Open-FbFile -Path $Path -Share ReadWrite
        try { $result.Length = [long] $stream.Length } finally { $stream.Close() }
        $result.Sha256 = Get-FbSha256 -Path $Path
        $result.Exists = $true
    }
    New-Object -TypeName PSObject -Property $result
}
