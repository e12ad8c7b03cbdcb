function Get-FbSignature {
    <#
    .SYNOPSIS
    The Authenticode signature of a file: Status (Valid, NotSigned, HashMismatch ...), Message, Subject of its signer ($null = none).
    .DESCRIPTION
    Of a file on a target the relay judges, which reads it there. What cannot be judged has the status UnknownError.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path)
    $result = @{ Status = 'UnknownError'; Message = ''; Subject = $null }
    try {
        $found = Get-AuthenticodeSignature -FilePath (Resolve-FbPath -Path $Path) -ErrorAction Stop
        $result.Status = [string] $found.Status
        $result.Message = [string] $found.StatusMessage
        if ($null -ne $found.SignerCertificate) { $result.Subject = [string] $found.SignerCertificate.Subject }
    }
    catch { $result.Message = $_.Exception.Message }
    New-Object -TypeName PSObject -Property $result
}
