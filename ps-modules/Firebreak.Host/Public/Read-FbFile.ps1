function Read-FbFile {
    <#
    .SYNOPSIS
    Gives a part of a file as byte arrays, one after the other.
    .DESCRIPTION
    Ends at the end of the file or after Count bytes. The arrays come whole, not byte by byte.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [long] $Offset,
        [Parameter(Mandatory = $true)] [long] $Count,
        [Parameter(Mandatory = $true)] [int] $ChunkBytes
    )
    $stream = Open-FbFile -Path $Path -Share ReadWrite
    try {
        $stream.Position = $Offset
        $left = $Count
        while ($left -gt 0) {
            $size = [Math]::Min($left, $ChunkBytes)
            $buffer = New-Object -TypeName byte[] -ArgumentList $size
            $read = $stream.Read($buffer, 0, $size)
            if ($read -le 0) { break }
            if ($read -lt $size) { $buffer = [byte[]] $buffer[0..($read - 1)] }
            , $buffer
            $left -= $read
        }
    }
    finally { $stream.Close() }
}
