function Get-FbRole {
    <#
    .SYNOPSIS
    Roles of the host whose clients a shield could cut off, by services and registry, never by names for people.
    .DESCRIPTION
    Every Windows runs the Server service. A file server is a server system that shares folders of its own: the list of
    shares in the registry holds no administrative shares, and neither SYSVOL nor NETLOGON nor printers' drivers count. A
    print server is any system that shares printers; such shares have the type 1.
    #>
    [CmdletBinding()]
    param([int] $DomainRole, [int] $ProductType)
    $roles = @()
    $readable = $true
    if ($DomainRole -ge 4 -or $ProductType -eq 2) { $roles += 'domain-controller' }
    $services = @{
        'cluster'     = @('ClusSvc')
        'dns-server'  = @('DNS')
        'mail-server' = @('MSExchangeIS', 'MSExchangeTransport', 'SMTPSVC')
        'dhcp-server' = @('DHCPServer')
    }
    try {
        $installed = @{}
        foreach ($service in @(Get-FbService -NoState)) { $installed[$service.Name] = $service.Start }
        foreach ($role in @($services.Keys | Sort-Object)) {
            foreach ($name in $services[$role]) {
                if ($installed.ContainsKey($name) -and $installed[$name] -ne 'Disabled' -and $roles -notcontains $role) { $roles += $role }
            }
        }
    }
    catch { $readable = $false }
    $key = 'HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Shares'
    $shares = Get-FbRegistryName -Path $key
    if (-not $shares.Readable) { $readable = $false }
    $files = 0
    $printers = 0
    foreach ($share in @($shares.Values | Where-Object { @('print$', 'SYSVOL', 'NETLOGON', '') -notcontains $_ })) {
        if ($null -eq $share) { continue }
        $found = Get-FbRegistryValue -Path $key -Name $share
        if (@($found.Value) -contains 'Type=1') { $printers++ } else { $files++ }
    }
    if ($files -gt 0 -and $ProductType -ne 1) { $roles += 'file-server' }
    if ($printers -gt 0) { $roles += 'print-server' }
    New-Object -TypeName PSObject -Property @{ Roles = $roles; Readable = $readable }
}
