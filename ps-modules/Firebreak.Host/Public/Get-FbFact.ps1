function Get-FbFact {
    <#
    .SYNOPSIS
    What the host is: identity, system, build, roles. Nothing in it depends on localised text.
    #>
    [CmdletBinding()]
    param()
    $version = 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $build = (Get-FbRegistryValue -Path $version -Name 'CurrentBuildNumber').Value
    $ubr = (Get-FbRegistryValue -Path $version -Name 'UBR').Value
    $guid = (Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Microsoft\Cryptography' -Name 'MachineGuid').Value
    $system = Get-FbWmi -Class Win32_OperatingSystem
    $computer = Get-FbWmi -Class Win32_ComputerSystem
    # Clones share the MachineGuid, a board replacement changes the UUID: both together name the machine.
    $uuid = ''
    try { $uuid = [string] (Get-FbWmi -Class Win32_ComputerSystemProduct).UUID } catch { $uuid = '' }
    $free = $null
    try { $free = [long] (Get-FbWmi -Class Win32_LogicalDisk -Filter "DeviceID='$env:SystemDrive'").FreeSpace } catch { $free = $null }
    $role = Get-FbRole -DomainRole ([int] $computer.DomainRole) -ProductType ([int] $system.ProductType)
    $buildNumber = $null
    if ("$build" -match '^\d+$') { $buildNumber = [int] "$build" }
    $revision = $null
    if ($null -ne $ubr) { $revision = [int] $ubr }
    New-Object -TypeName PSObject -Property @{
        MachineId     = ('{0}/{1}' -f $guid, $uuid).ToLower()
        Name          = [string] $computer.Name
        Caption       = ([string] $system.Caption).Trim()
        Build         = $buildNumber
        Ubr           = $revision
        Version       = [string] $system.Version
        ServicePack   = [int] $system.ServicePackMajorVersion
        # LCID of the installation, in hexadecimal: 0409, 0411.
        Language      = Get-FbInstallLanguage
        Architecture  = Get-FbArchitecture
        ProductType   = [int] $system.ProductType
        DomainRole    = [int] $computer.DomainRole
        Domain        = [string] $computer.Domain
        Roles         = @($role.Roles)
        RolesReadable = [bool] $role.Readable
        LastBoot      = ConvertTo-FbTime -Value $system.LastBootUpTime
        FreeDiskBytes = $free
        ShellVersion  = (Get-FbShell).Version
        DataFolder    = Get-FbDataFolder
    }
}
