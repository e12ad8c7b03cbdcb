function Invoke-FbRegistryMethod {
    <#
    .SYNOPSIS
    A method of WMI's registry provider on a key of HKEY_LOCAL_MACHINE: its result with ReturnValue, a Win32 code.
    #>
    [CmdletBinding()]
    param([string] $Path, [string] $Name, [hashtable] $Argument = @{})
    $all = @{
        hDefKey     = [uint32] 2147483650
        sSubKeyName = (ConvertTo-FbRegistryPath -Path $Path) -replace '^Registry::HKEY_LOCAL_MACHINE\\', ''
    }
    foreach ($key in @($Argument.Keys)) { $all[$key] = $Argument[$key] }
    Invoke-FbWmiMethod -Namespace 'root\default' -Class 'StdRegProv' -Name $Name -Argument $all
}
