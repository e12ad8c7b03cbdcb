function Get-FbProductType {
    <#
    .SYNOPSIS
    1 workstation, 2 domain controller, 3 server: by WMI where it says so (from Windows XP on), else from the registry.
    #>
    [CmdletBinding()]
    param([AllowNull()] [object] $System = $null)
    if ($null -ne $System -and $null -ne $System.ProductType) { return [int] $System.ProductType }
    $types = @{ WinNT = 1; LanmanNT = 2; ServerNT = 3 }
    $found = Get-FbRegistryValue -Path 'HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions' -Name 'ProductType'
    if ($found.Present -and $types.ContainsKey([string] $found.Value)) { return $types[[string] $found.Value] }
    0
}
