function ConvertTo-FbRegistryPath {
    <#
    .SYNOPSIS
    HKLM\..., HKLM:\... or HKEY_LOCAL_MACHINE\... as a path of the registry provider.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path)
    $rest = $Path -replace '^(Registry::)?(HKLM:?|HKEY_LOCAL_MACHINE)\\', ''
    "Registry::HKEY_LOCAL_MACHINE\$rest"
}
