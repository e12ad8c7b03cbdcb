function Get-FbServiceShield {
    <#
    .SYNOPSIS
    A service as a shield sees it: Exists, State, Start, Delayed (of an automatic start, $null = not set), Dependents that run, and its timers.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [Parameter(Mandatory = $true)] [string] $Name
    )
    $record = Get-FbShieldRecord -Id $Id
    $result = @{
        Exists = $false; State = $null; Start = $null; Delayed = $null; Dependents = @(); Readable = $true
        ConfirmArmed = [bool] (Test-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm))
        Expired      = [string] $record.Expired
        Recorded     = [bool] ($record.Count -gt 0)
    }
    try {
        $service = Get-FbService -Name $Name
        $result.Exists = [bool] $service.Exists
        $result.State = $service.State
        $result.Start = $service.Start
        if ($result.Exists) {
            $delayed = Get-FbRegistryValue -Path "HKLM\SYSTEM\CurrentControlSet\Services\$Name" -Name 'DelayedAutoStart'
            if ($delayed.Present) { $result.Delayed = [int] $delayed.Value }
            $result.Dependents = @(Get-FbDependentService -Name $Name)
            $result.Readable = $delayed.Readable
        }
    }
    catch { $result.Readable = $false }
    New-Object -TypeName PSObject -Property $result
}
