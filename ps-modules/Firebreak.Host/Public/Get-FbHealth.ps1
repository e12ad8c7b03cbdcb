function Get-FbHealth {
    <#
    .SYNOPSIS
    Names of the automatic services that run.
    #>
    [CmdletBinding()]
    param()
    $running = @(Get-FbWmi -Class Win32_Service -Filter "StartMode='Auto'" | Where-Object { $_.State -eq 'Running' })
    $names = @()
    foreach ($service in $running) { $names += [string] $service.Name }
    New-Object -TypeName PSObject -Property @{ Services = @($names | Sort-Object) }
}
