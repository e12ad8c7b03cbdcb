function Get-FbInstallLanguage {
    <#
    .SYNOPSIS
    Language of the installation as a hexadecimal LCID (0409, 0411), $null when it cannot be read.
    #>
    [CmdletBinding()]
    param()
    $found = Get-FbRegistryValue -Path 'HKLM\SYSTEM\CurrentControlSet\Control\Nls\Language' -Name 'InstallLanguage'
    if (-not $found.Present) { return $null }
    [string] $found.Value
}
