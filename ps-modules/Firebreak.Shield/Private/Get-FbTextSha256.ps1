function Get-FbTextSha256 {
    <#
    .SYNOPSIS
    SHA-256 of a text in UTF-8, as lower-case hexadecimal text.
    #>
    [CmdletBinding()]
    param([AllowEmptyString()] [string] $Text)
    try { $algorithm = New-Object -TypeName System.Security.Cryptography.SHA256Managed }
    # A machine under the FIPS policy refuses the managed implementation.
    catch { $algorithm = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider }
    $encoding = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    $hash = ''
    foreach ($byte in $algorithm.ComputeHash($encoding.GetBytes($Text))) { $hash += $byte.ToString('x2') }
    $hash
}
