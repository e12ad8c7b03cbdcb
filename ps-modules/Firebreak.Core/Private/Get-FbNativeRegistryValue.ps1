function Get-FbNativeRegistryValue {
    <#
    .SYNOPSIS
    A registry value by the native reg.exe, for 32-bit processes on 64-bit systems. Types are not localised, texts are.
    #>
    [CmdletBinding()]
    param([string] $Path, [string] $Name)
    $kinds = @{
        REG_SZ = 'String'; REG_EXPAND_SZ = 'ExpandString'; REG_DWORD = 'DWord'; REG_QWORD = 'QWord'
        REG_MULTI_SZ = 'MultiString'; REG_BINARY = 'Binary'
    }
    $key = (ConvertTo-FbRegistryPath -Path $Path) -replace '^Registry::', ''
    $there = Invoke-FbProgram -FilePath 'reg.exe' -ArgumentList @('query', $key)
    if ($there.ExitCode -ne 0) { return @{ KeyPresent = $false; Readable = $false; Error = 'reg.exe: no such key, or no access' } }
    $which = @('/ve')
    if ($Name) { $which = @('/v', $Name) }
    $found = Invoke-FbProgram -FilePath 'reg.exe' -ArgumentList (@('query', $key) + $which)
    foreach ($line in $found.Output) {
        if ($line -notmatch '^(.+?)\s{4}(REG_[A-Z_]+)(?:\s{4}(.*))?$') { continue }
        $type = $kinds[$Matches[2]]
        $value = [string] $Matches[3]
        if ($type -eq 'DWord' -or $type -eq 'QWord') { $value = [long] $value }
        elseif ($type -eq 'MultiString') { $value = @($value -split '\\0' | Where-Object { $_ }) }
        return @{ KeyPresent = $true; Present = $true; Type = $type; Value = $value }
    }
    @{ KeyPresent = $true }
}
