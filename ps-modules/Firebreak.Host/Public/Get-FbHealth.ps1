function Get-FbHealth {
    <#
    .SYNOPSIS
    Names of the automatic services that run.
    #>
    [CmdletBinding()]
    param()
    $names = @()
    foreach ($service in @(Get-FbService)) {
        if ($service.Start -eq 'Auto' -and $service.State -eq 'Running') { $names += $service.Name }
    }
    New-Object -TypeName PSObject -Property @{ Services = @($names | Sort-Object) }
}
