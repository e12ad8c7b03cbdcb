function Get-FbInfection {
    <#
    .SYNOPSIS
    What the host shows of the given signs, one by one, without any judgement: Files, Values, Services, Ports; Record: what an earlier cleaning has left, or nothing.
    .DESCRIPTION
    Present is $null where it could not be read, and Error says why: that is never the same as absent.
    .PARAMETER File
    Full paths with %SystemRoot% and the like unexpanded; the last part may be a pattern (TFTP[0-9]*). A process that runs from
    the path counts like the file.
    .PARAMETER ValueKey
    Keys of registry values, each with the name at the same place of ValueName.
    .PARAMETER Port
    Also list the ports that the host listens on.
    #>
    [CmdletBinding()]
    param(
        [AllowEmptyCollection()] [string[]] $File = @(),
        [AllowEmptyCollection()] [string[]] $ValueKey = @(),
        [AllowEmptyCollection()] [string[]] $ValueName = @(),
        [AllowEmptyCollection()] [string[]] $Service = @(),
        [switch] $Port
    )
    $files = @()
    if ($File.Count -gt 0) {
        $processes = Get-FbProcessPath
        foreach ($path in $File) { $files += Get-FbInfectedFile -Path $path -Running $processes }
    }
    $values = @()
    for ($at = 0; $at -lt $ValueKey.Count; $at++) {
        $found = Get-FbRegistryValue -Path $ValueKey[$at] -Name $ValueName[$at]
        $present = $null
        if ($found.Readable) { $present = [bool] $found.Present }
        $values += New-Object -TypeName PSObject -Property @{
            Key = $ValueKey[$at]; Name = $ValueName[$at]; Present = $present; Data = (@($found.Value) -join ' '); Error = [string] $found.Error
        }
    }
    $services = @()
    foreach ($name in $Service) {
        # NT 4.0 has services, but as a rule no WMI that would list them.
        $key = "HKLM\SYSTEM\CurrentControlSet\Services\$name"
        $found = Get-FbRegistryName -Path $key
        $present = $null
        $image = ''
        if ($found.Readable) {
            $present = [bool] $found.KeyPresent
            if ($present) { $image = [string] (Get-FbRegistryValue -Path $key -Name 'ImagePath').Value }
        }
        $services += New-Object -TypeName PSObject -Property @{ Name = $name; Present = $present; Image = $image }
    }
    $ports = $null
    if ($Port) {
        $listener = Get-FbListener
        $ports = New-Object -TypeName PSObject -Property @{ Readable = $listener.Readable; Tcp = @($listener.Tcp); Udp = @($listener.Udp); Error = $listener.Error }
    }
    $record = Get-FbInfectionRecord
    # Nothing at all would travel as an empty object.
    if ($null -eq $record) { $record = $null }
    New-Object -TypeName PSObject -Property @{ Files = $files; Values = $values; Services = $services; Ports = $ports; Record = $record }
}
