function Get-FbTargetService {
    <#
    .SYNOPSIS
    Services of a target without WMI: start modes from its registry, states from its service manager.
    #>
    [CmdletBinding()]
    param([string] $Name = '', [switch] $NoState)
    $root = 'HKLM\SYSTEM\CurrentControlSet\Services'
    $modes = @{ 0 = 'Boot'; 1 = 'System'; 2 = 'Auto'; 3 = 'Manual'; 4 = 'Disabled' }
    $names = @($Name)
    if (-not $Name) {
        $all = Get-FbRegistryName -Path $root
        if (-not $all.Readable) { throw 'the services cannot be read' }
        $names = @($all.SubKeys)
    }
    foreach ($each in $names) {
        $start = Get-FbRegistryValue -Path "$root\$each" -Name 'Start'
        $type = Get-FbRegistryValue -Path "$root\$each" -Name 'Type'
        # Whoever asks for one must not be told that it is not there.
        if ($Name -and (-not $start.Readable -or -not $type.Readable)) { throw "the service $Name cannot be read: $($start.Error)" }
        # Drivers are no services: those have 0x10 or 0x20 in their type.
        if (-not $start.Present -or -not ([int] $type.Value -band 0x30)) { continue }
        $state = $null
        if (-not $NoState) { $state = Get-FbTargetServiceState -Name $each }
        New-Object -TypeName PSObject -Property @{
            Name = $each; Exists = $true; Start = $modes[[int] $start.Value]; State = $state
        }
    }
}
