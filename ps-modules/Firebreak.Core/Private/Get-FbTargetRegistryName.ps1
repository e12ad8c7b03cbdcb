function Get-FbTargetRegistryName {
    <#
    .SYNOPSIS
    Names of the subkeys and values of a key of the target, as a hashtable.
    #>
    [CmdletBinding()]
    param([string] $Path)
    $result = @{ Readable = $true; KeyPresent = $false; SubKeys = @(); Values = @() }
    try {
        if ($script:FbTarget.RegistryBy -eq 'wmi') {
            $keys = Invoke-FbRegistryMethod -Path $Path -Name EnumKey
            if ($keys.ReturnValue -eq 2) { return $result }
            $values = Invoke-FbRegistryMethod -Path $Path -Name EnumValues
            $result.Readable = ($keys.ReturnValue -eq 0 -and $values.ReturnValue -eq 0)
            $result.KeyPresent = $true
            # No names come as $null, which is no name.
            $result.SubKeys = @($keys.sNames | Where-Object { $null -ne $_ })
            $result.Values = @($values.sNames | Where-Object { $null -ne $_ })
            return $result
        }
        $key = Open-FbRemoteKey -Path $Path
        if ($null -eq $key) { return $result }
        try {
            $result.KeyPresent = $true
            $result.SubKeys = @($key.GetSubKeyNames())
            $result.Values = @($key.GetValueNames())
        }
        finally { $key.Close() }
    }
    catch { $result.Readable = $false }
    $result
}
