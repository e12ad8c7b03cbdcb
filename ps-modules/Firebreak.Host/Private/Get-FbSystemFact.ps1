function Get-FbSystemFact {
    <#
    .SYNOPSIS
    Identity and system of the host, by WMI; of a target whose WMI does not answer, from its registry.
    #>
    [CmdletBinding()]
    param()
    try {
        $system = Get-FbWmi -Class Win32_OperatingSystem
        $computer = Get-FbWmi -Class Win32_ComputerSystem
    }
    catch {
        if ($null -eq (Get-FbTarget)) { throw }
        return Get-FbRegistryFact
    }
    New-Object -TypeName PSObject -Property @{
        MachineId   = Get-FbMachineId
        Name        = [string] $computer.Name
        Caption     = ([string] $system.Caption).Trim()
        Version     = [string] $system.Version
        ServicePack = [int] $system.ServicePackMajorVersion
        ProductType = Get-FbProductType -System $system
        DomainRole  = [int] $computer.DomainRole
        Domain      = [string] $computer.Domain
        LastBoot    = ConvertTo-FbTime -Value $system.LastBootUpTime
    }
}
