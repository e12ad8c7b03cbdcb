function Get-FbText {
    <#
    .SYNOPSIS
    Text of an ASCII file, or $null when there is none. Others may write it meanwhile.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path)
    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) { return $null }
    $stream = Open-FbFile -Path $Path -Share ReadWrite
    try {
        $bytes = New-Object -TypeName byte[] -ArgumentList ([int] $stream.Length)
        $read = $stream.Read($bytes, 0, $bytes.Length)
    }
    finally { $stream.Close() }
    $encoding = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    $encoding.GetString($bytes, 0, $read)
}
