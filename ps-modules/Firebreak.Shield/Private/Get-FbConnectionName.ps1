function Get-FbConnectionName {
    <#
    .SYNOPSIS
    Network connections that speak TCP/IP, by the names that people see, with their addresses where they have one.
    .DESCRIPTION
    From the registry. Dial-up connections are not there, they are in the phone books of users.
    #>
    [CmdletBinding()]
    param()
    $class = 'HKLM\SYSTEM\CurrentControlSet\Control\Network\{4D36E972-E325-11CE-BFC1-08002BE10318}'
    $bound = 'HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces'
    $interfaces = @((Get-FbRegistryName -Path $bound).SubKeys)
    foreach ($id in @((Get-FbRegistryName -Path $class).SubKeys | Sort-Object)) {
        if (-not $id -or $id -notlike '{*}') { continue }
        $name = [string] (Get-FbRegistryValue -Path "$class\$id\Connection" -Name 'Name').Value
        if (-not $name -or $interfaces -notcontains $id) { continue }
        $address = ''
        foreach ($value in @('DhcpIPAddress', 'IPAddress')) {
            $found = @((Get-FbRegistryValue -Path "$bound\$id" -Name $value).Value | Where-Object { $_ -and $_ -ne '0.0.0.0' })
            if (-not $address -and $found.Count -gt 0) { $address = " ($($found[0]))" }
        }
        "$name$address"
    }
}
