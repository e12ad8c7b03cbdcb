function Get-FbWmiRegistryValue {
    <#
    .SYNOPSIS
    A registry value by WMI, as a hashtable. An expandable text comes expanded: the provider gives it in no other way.
    #>
    [CmdletBinding()]
    param([string] $Path, [string] $Name)
    $types = @{
        1 = @('String', 'GetStringValue', 'sValue'); 2 = @('ExpandString', 'GetExpandedStringValue', 'sValue'); 3 = @('Binary', 'GetBinaryValue', 'uValue')
        4 = @('DWord', 'GetDWORDValue', 'uValue'); 7 = @('MultiString', 'GetMultiStringValue', 'sValue'); 11 = @('QWord', 'GetQWORDValue', 'uValue')
    }
    $values = Invoke-FbRegistryMethod -Path $Path -Name EnumValues
    if ($values.ReturnValue -eq 2) { return @{ KeyPresent = $false } }
    if ($values.ReturnValue -ne 0) { return @{ Readable = $false; Error = "StdRegProv: code $($values.ReturnValue)" } }
    $names = @($values.sNames | Where-Object { $null -ne $_ })
    for ($at = 0; $at -lt $names.Count; $at++) {
        if ($names[$at] -ne $Name) { continue }
        $type = $types[[int] @($values.Types)[$at]]
        if ($null -eq $type) { return @{ Readable = $false; KeyPresent = $true; Error = "a value of type $(@($values.Types)[$at])" } }
        $got = Invoke-FbRegistryMethod -Path $Path -Name $type[1] -Argument @{ sValueName = $names[$at] }
        if ($got.ReturnValue -ne 0) { return @{ Readable = $false; KeyPresent = $true; Error = "StdRegProv: code $($got.ReturnValue)" } }
        $value = $got.($type[2])
        # The registry provider of PowerShell gives signed numbers.
        if ($type[0] -eq 'DWord') { $value = [BitConverter]::ToInt32([BitConverter]::GetBytes([uint32] $value), 0) }
        if ($type[0] -eq 'QWord') { $value = [BitConverter]::ToInt64([BitConverter]::GetBytes([uint64] $value), 0) }
        return @{ KeyPresent = $true; Present = $true; Type = $type[0]; Value = $value }
    }
    @{ KeyPresent = $true }
}
