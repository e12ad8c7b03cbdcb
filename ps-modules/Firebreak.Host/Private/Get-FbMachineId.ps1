function Get-FbMachineId {
    <#
    .SYNOPSIS
    What names the machine, also when it changes its address.
    .DESCRIPTION
    Clones share the MachineGuid, a board replacement changes the UUID: both together name the machine. A target from before
    Windows Vista may have no WMI, or lose it while a shield stands: it is named by its registry alone, in any state.
    #>
    [CmdletBinding()]
    param()
    $guid = (Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Microsoft\Cryptography' -Name 'MachineGuid').Value
    $target = Get-FbTarget
    if ($null -eq $target -or "$($target.Version)" -match '^(6|\d\d)\.') {
        $uuid = ''
        try { $uuid = [string] (Get-FbWmi -Class Win32_ComputerSystemProduct).UUID } catch { $uuid = '' }
        return ('{0}/{1}' -f $guid, $uuid).ToLower()
    }
    $version = 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $parts = @($guid)
    foreach ($name in @('ProductId', 'InstallDate')) { $parts += (Get-FbRegistryValue -Path $version -Name $name).Value }
    $parts += (Get-FbRegistryValue -Path 'HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName' -Name 'ComputerName').Value
    ('nt/' + ($parts -join '/')).ToLower()
}
