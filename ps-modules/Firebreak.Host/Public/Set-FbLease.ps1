function Set-FbLease {
    <#
    .SYNOPSIS
    Puts the sign of a state store up or renews it: Changed, Claimed, HeldBy.
    .DESCRIPTION
    Refused (Claimed = $false) while another store holds it and has renewed it within seven days.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [string] $Store,
        [Parameter(Mandatory = $true)] [string] $Run
    )
    $key = 'HKLM\SOFTWARE\Firebreak\Lease'
    $lease = Get-FbLease
    $now = (Get-FbTime)
    if ($lease.Held -and $lease.Store -ne $Store) {
        $age = $null
        try { $age = $now - ([DateTime] $lease.At).ToUniversalTime() } catch { $age = $null }
        if ($null -ne $age -and $age.TotalDays -lt 7) {
            $who = 'store {0}, run {1}, since {2}' -f $lease.Store, $lease.Run, $lease.At
            return New-Object -TypeName PSObject -Property @{ Changed = $false; Claimed = $false; HeldBy = $who }
        }
    }
    $changed = $false
    if ($PSCmdlet.ShouldProcess($key, 'claim')) {
        $null = Set-FbRegistryValue -Path $key -Name 'Store' -Type String -Value $Store
        $null = Set-FbRegistryValue -Path $key -Name 'Run' -Type String -Value $Run
        $null = Set-FbRegistryValue -Path $key -Name 'At' -Type String -Value (ConvertTo-FbTime -Value $now)
        $changed = $true
    }
    New-Object -TypeName PSObject -Property @{ Changed = $changed; Claimed = $true; HeldBy = '' }
}
