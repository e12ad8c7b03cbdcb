function Get-FbFact {
    <#
    .SYNOPSIS
    What the host is: identity, system, build, roles. Nothing in it depends on localised text.
    .DESCRIPTION
    A target without WMI tells what its registry tells; the rest is $null.
    #>
    [CmdletBinding()]
    param()
    $version = 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $build = (Get-FbRegistryValue -Path $version -Name 'CurrentBuildNumber').Value
    $ubr = (Get-FbRegistryValue -Path $version -Name 'UBR').Value
    $system = Get-FbSystemFact
    $drive = Resolve-FbPath -Path '%SystemDrive%' -Own
    $free = $null
    try { $free = [long] (Get-FbWmi -Class Win32_LogicalDisk -Filter "DeviceID='$drive'").FreeSpace } catch { $free = $null }
    $role = Get-FbRole -DomainRole ([int] $system.DomainRole) -ProductType ([int] $system.ProductType)
    $buildNumber = $null
    if ("$build" -match '^\d+$') { $buildNumber = [int] "$build" }
    $revision = $null
    if ($null -ne $ubr) { $revision = [int] $ubr }
    New-Object -TypeName PSObject -Property @{
        MachineId     = $system.MachineId
        Name          = $system.Name
        Caption       = $system.Caption
        Build         = $buildNumber
        Ubr           = $revision
        Version       = $system.Version
        ServicePack   = $system.ServicePack
        # LCID of the installation, in hexadecimal: 0409, 0411.
        Language      = Get-FbInstallLanguage
        Architecture  = Get-FbArchitecture
        ProductType   = $system.ProductType
        DomainRole    = $system.DomainRole
        Domain        = $system.Domain
        Roles         = @($role.Roles)
        RolesReadable = [bool] $role.Readable
        LastBoot      = $system.LastBoot
        FreeDiskBytes = $free
        ShellVersion  = (Get-FbShell).Version
        DataFolder    = Get-FbDataFolder
    }
}
