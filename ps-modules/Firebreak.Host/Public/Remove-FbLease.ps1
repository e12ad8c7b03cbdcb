function Remove-FbLease {
    <#
    .SYNOPSIS
    Takes the sign of a state store down, if it is that store's: Changed, Released.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] [string] $Store)
    $lease = Get-FbLease
    $changed = $false
    if ($lease.Held -and $lease.Store -eq $Store -and $PSCmdlet.ShouldProcess('lease', 'remove')) {
        $changed = (Remove-FbRegistryKey -Path 'HKLM\SOFTWARE\Firebreak\Lease').Changed
    }
    New-Object -TypeName PSObject -Property @{ Changed = $changed; Released = (-not $lease.Held -or $lease.Store -eq $Store) }
}
