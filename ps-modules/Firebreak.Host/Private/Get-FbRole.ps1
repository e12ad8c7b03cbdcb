function Get-FbRole {
    <#
    .SYNOPSIS
    Roles of the host whose clients a shield could cut off, by services and registry, never by names for people.
    .DESCRIPTION
    Every Windows runs the Server service. A file server is a server system that shares folders of its own: the list of
    shares in the registry holds no administrative shares, and neither SYSVOL nor NETLOGON nor printers' drivers count.
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
    if ($ProductType -ne 1) {
        $shares = Get-FbRegistryName -Path 'HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Shares'
        if (-not $shares.Readable) { $readable = $false }
        $own = @($shares.Values | Where-Object { @('print$', 'SYSVOL', 'NETLOGON', '') -notcontains $_ })
        if ($own.Count -gt 0) { $roles += 'file-server' }
    }
    New-Object -TypeName PSObject -Property @{ Roles = $roles; Readable = $readable }
}
