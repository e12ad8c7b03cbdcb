function Get-FbMissingPolicyKey {
    <#
    .SYNOPSIS
    The first key on the way to the local IPsec policies that is not there: netsh will make it. Empty when all are.
    #>
    [CmdletBinding()]
    param()
    $path = 'HKLM\SOFTWARE\Policies\Microsoft\Windows'
    foreach ($name in @('IPSec', 'Policy', 'Local')) {
        $path = "$path\$name"
        $found = Get-FbRegistryName -Path $path
        if ($found.Readable -and -not $found.KeyPresent) { return $path }
    }
    ''
}
