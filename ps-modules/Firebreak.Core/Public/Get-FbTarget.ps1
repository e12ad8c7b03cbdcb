function Get-FbTarget {
    <#
    .SYNOPSIS
    The target that the functions work on, or nothing: then it is this machine.
    .DESCRIPTION
    Name, Address, Relay (this machine), SystemRoot (C:\WINNT), Version (5.0), Build, ServicePack, Architecture, RegistryBy
    (remote-registry or wmi). The credential never leaves the module.
    #>
    [CmdletBinding()]
    param()
    if ($null -eq $script:FbTarget) { return }
    $shown = @{}
    foreach ($name in @('Name', 'Address', 'Relay', 'SystemRoot', 'Version', 'Build', 'ServicePack', 'Architecture', 'RegistryBy')) {
        $shown[$name] = $script:FbTarget[$name]
    }
    New-Object -TypeName PSObject -Property $shown
}
