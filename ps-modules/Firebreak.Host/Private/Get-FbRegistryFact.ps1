function Get-FbRegistryFact {
    <#
    .SYNOPSIS
    Identity and system of a target from its registry alone.
    #>
    [CmdletBinding()]
    param()
    $target = Get-FbTarget
    $control = 'HKLM\SYSTEM\CurrentControlSet\Control'
    $product = (Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion' -Name 'ProductName').Value
    # Windows NT 4.0 has no such value, and no other product is called 4.0.
    if (-not $product) { $product = 'Windows NT {0}' -f $target.Version }
    $type = Get-FbProductType
    # Whether a workstation or server belongs to a domain is not told; that it is a domain controller is.
    $role = $null
    if ($type -eq 2) { $role = 4 }
    $domain = (Get-FbRegistryValue -Path 'HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters' -Name 'Domain').Value
    New-Object -TypeName PSObject -Property @{
        MachineId   = Get-FbMachineId
        Name        = [string] (Get-FbRegistryValue -Path "$control\ComputerName\ActiveComputerName" -Name 'ComputerName').Value
        Caption     = [string] $product
        Version     = '{0}.{1}' -f $target.Version, $target.Build
        ServicePack = $target.ServicePack
        ProductType = $type
        DomainRole  = $role
        Domain      = [string] $domain
        LastBoot    = (Get-FbBootTime).Time
    }
}
