function Get-FbTargetRegistryValue {
    <#
    .SYNOPSIS
    A registry value of the target, as a hashtable of what is known.
    #>
    [CmdletBinding()]
    param([string] $Path, [string] $Name)
    $result = @{ KeyPresent = $false }
    try {
        if ($script:FbTarget.RegistryBy -eq 'wmi') { return Get-FbWmiRegistryValue -Path $Path -Name $Name }
        $key = Open-FbRemoteKey -Path $Path
        if ($null -eq $key) { return $result }
        try {
            $result.KeyPresent = $true
            foreach ($found in $key.GetValueNames()) {
                if ($found -ne $Name) { continue }
                $result.Present = $true
                $result.Type = $key.GetValueKind($found).ToString()
                $result.Value = $key.GetValue($found, $null, 'DoNotExpandEnvironmentNames')
            }
        }
        finally { $key.Close() }
    }
    catch {
        $result.Readable = $false
        $result.Error = $_.Exception.GetBaseException().Message
    }
    $result
}
