function Get-FbTransfer {
    <#
    .SYNOPSIS
    What is there of a file that is to be transferred: the file itself with its SHA-256, and the bytes of an earlier, interrupted transfer.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [string] $TemporaryPath
    )
    $file = Get-FbFileHash -Path $Path
    $partial = 0
    if (Test-FbFile -Path $TemporaryPath -PathType Leaf) {
        $stream = Open-FbFile -Path $TemporaryPath -Share ReadWrite
        try { $partial = $stream.Length } finally { $stream.Close() }
    }
    New-Object -TypeName PSObject -Property @{
        Path = $Path; Exists = $file.Exists; Sha256 = $file.Sha256; Length = $file.Length; PartialLength = [long] $partial
    }
}
