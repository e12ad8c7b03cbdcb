function Get-FbCrashHold {
    <#
    .SYNOPSIS
    What happens when a service dies: Readable, Exists, Supported, Present, Reset, Action (as sc.exe takes it), State.
    .DESCRIPTION
    Present: something is set at all. Supported: not on NT 4.0, whose service manager does nothing about it.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9_.-]+$')] [string] $Service)
    $key = "HKLM\SYSTEM\CurrentControlSet\Services\$Service"
    $found = Get-FbRegistryValue -Path $key -Name 'FailureActions'
    $target = Get-FbTarget
    $actions = ConvertFrom-FbFailureAction -Bytes @()
    $readable = [bool] $found.Readable
    if ($found.Present) {
        if ($found.Type -eq 'Binary') { $actions = ConvertFrom-FbFailureAction -Bytes ([byte[]] @($found.Value)) }
        else { $readable = $false }
    }
    $state = $null
    try { $state = (Get-FbService -Name $Service).State } catch { $state = $null }
    New-Object -TypeName PSObject -Property @{
        Readable  = $readable
        Exists    = [bool] $found.KeyPresent
        Supported = [bool] ($null -eq $target -or [string] $target.Version -notlike '4.*')
        Present   = [bool] $found.Present
        Reset     = $actions.Reset
        Action    = $actions.Action
        State     = $state
    }
}
