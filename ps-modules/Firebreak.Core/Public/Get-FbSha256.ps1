function Get-FbSha256 {
    <#
    .SYNOPSIS
    SHA-256 of a file as lower-case hexadecimal text.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path)
    try { $algorithm = New-Object -TypeName System.Security.Cryptography.SHA256Managed }
    catch {
        # A machine under the FIPS policy refuses the managed implementation.
        $algorithm = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider
    }
    $stream = Open-FbFile -Path $Path -Share ReadWrite
    try { $hash = $algorithm.ComputeHash($stream) }
    finally {
        $stream.Close()
        $algorithm.Clear()
    }
    $text = ''
    foreach ($byte in $hash) { $text += $byte.ToString('x2') }
    $text
}
