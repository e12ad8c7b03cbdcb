function Get-FbLease {
    <#
    .SYNOPSIS
    The sign of a controller that is at work on the host: Held, Store, Run, At (ISO 8601, UTC).
    #>
    [CmdletBinding()]
    param()
    $key = 'HKLM\SOFTWARE\Firebreak\Lease'
    $store = Get-FbRegistryValue -Path $key -Name 'Store'
    New-Object -TypeName PSObject -Property @{
        Held  = [bool] $store.Present
        Store = [string] $store.Value
        Run   = [string] (Get-FbRegistryValue -Path $key -Name 'Run').Value
        At    = [string] (Get-FbRegistryValue -Path $key -Name 'At').Value
    }
}
