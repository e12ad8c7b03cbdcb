function Get-FbText {
    <#
    .SYNOPSIS
    Text of an ASCII (or UTF-8) file, or $null when there is none. Others may write it meanwhile.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        # Oem: the code page of the host's console.
        [ValidateSet('Utf8', 'Oem')] [string] $Encoding = 'Utf8'
    )
    if (-not (Test-FbFile -Path $Path -PathType Leaf)) { return $null }
    $stream = Open-FbFile -Path $Path -Share ReadWrite
    try {
        $bytes = New-Object -TypeName byte[] -ArgumentList ([int] $stream.Length)
        $read = $stream.Read($bytes, 0, $bytes.Length)
    }
    finally { $stream.Close() }
    $decoder = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    # Some programs write Unicode there, and mark it.
    if ($read -gt 1 -and $bytes[0] -eq 255 -and $bytes[1] -eq 254) { $decoder = New-Object -TypeName System.Text.UnicodeEncoding }
    elseif ($Encoding -eq 'Oem') { $decoder = Get-FbOemEncoding }
    $decoder.GetString($bytes, 0, $read)
}
