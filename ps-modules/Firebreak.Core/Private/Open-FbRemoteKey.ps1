function Open-FbRemoteKey {
    <#
    .SYNOPSIS
    Opens a key of the target's registry; nothing when it is not there. The caller closes it.
    #>
    [CmdletBinding()]
    param([string] $Path, [switch] $Writable, [switch] $Create)
    $target = $script:FbTarget
    $rest = (ConvertTo-FbRegistryPath -Path $Path) -replace '^Registry::HKEY_LOCAL_MACHINE\\', ''
    try {
        if ($null -eq $target.BaseKey) {
            $target.BaseKey = [Microsoft.Win32.RegistryKey]::OpenRemoteBaseKey('LocalMachine', $target.UncHost)
        }
        if ($Create) { return $target.BaseKey.CreateSubKey($rest) }
        return $target.BaseKey.OpenSubKey($rest, [bool] $Writable)
    }
    catch {
        # A connection that broke does not come back by itself.
        $target.BaseKey = $null
        throw
    }
}
