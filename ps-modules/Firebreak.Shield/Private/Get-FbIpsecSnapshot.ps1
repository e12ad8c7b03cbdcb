function Get-FbIpsecSnapshot {
    <#
    .SYNOPSIS
    SHA-256 over every key and value of the local IPsec policies, in one order; empty when something cannot be read.
    #>
    [CmdletBinding()]
    param()
    $keys = @('HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local')
    $text = New-Object -TypeName System.Text.StringBuilder
    for ($at = 0; $at -lt $keys.Count; $at++) {
        $names = Get-FbRegistryName -Path $keys[$at]
        if (-not $names.Readable) { return '' }
        if (-not $names.KeyPresent) { continue }
        $null = $text.Append("[$($keys[$at])]`n")
        foreach ($name in @($names.Values | Sort-Object)) {
            if ($null -eq $name) { continue }
            $value = Get-FbRegistryValue -Path $keys[$at] -Name $name
            if (-not $value.Readable) { return '' }
            $data = $(if ($value.Value -is [byte[]]) { [Convert]::ToBase64String($value.Value) } else { @($value.Value) -join "`0" })
            $null = $text.Append("$name=$($value.Type):$data`n")
        }
        foreach ($key in @($names.SubKeys | Sort-Object)) {
            if ($null -ne $key) { $keys += "$($keys[$at])\$key" }
        }
    }
    try { $algorithm = New-Object -TypeName System.Security.Cryptography.SHA256Managed }
    catch { $algorithm = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider }
    $encoding = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    $hash = ''
    foreach ($byte in $algorithm.ComputeHash($encoding.GetBytes($text.ToString()))) { $hash += $byte.ToString('x2') }
    $hash
}
