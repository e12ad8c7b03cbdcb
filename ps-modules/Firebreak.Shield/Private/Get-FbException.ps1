function Get-FbException {
    <#
    .SYNOPSIS
    One setting of a profile as a text, empty = absent: Firewall (On, Off), RemoteAdmin (Enabled:scope, Disabled:scope),
    or the exception of a port (445:TCP) as Windows writes it, port:protocol:scope:mode:name.
    #>
    [CmdletBinding()]
    param([string] $ProfileName, [string] $Item)
    $key = Get-FbExceptionKey -ProfileName $ProfileName
    if ($Item -eq 'Firewall') {
        $switch = Get-FbRegistryValue -Path $key -Name 'EnableFirewall'
        if ($switch.Present) { $(if ([string] $switch.Value -eq '0') { 'Off' } else { 'On' }) } else { '' }
        return
    }
    if ($Item -eq 'RemoteAdmin') {
        $enabled = Get-FbRegistryValue -Path "$key\RemoteAdminSettings" -Name 'Enabled'
        if (-not $enabled.Present) { return '' }
        $scope = [string] (Get-FbRegistryValue -Path "$key\RemoteAdminSettings" -Name 'RemoteAddresses').Value
        '{0}:{1}' -f $(if ([string] $enabled.Value -eq '1') { 'Enabled' } else { 'Disabled' }), $(if ($scope) { $scope } else { '*' })
        return
    }
    [string] (Get-FbRegistryValue -Path "$key\GloballyOpenPorts\List" -Name $Item).Value
}
