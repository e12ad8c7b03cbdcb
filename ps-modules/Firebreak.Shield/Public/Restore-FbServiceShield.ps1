function Restore-FbServiceShield {
    <#
    .SYNOPSIS
    Gives a service its prior start mode and state back, and starts what ran on top of it: Changed, Restored, Conflict, Current, Errors.
    .DESCRIPTION
    Only when it is disabled still, or has its prior start mode already; any other mode is somebody else's decision. A second
    call finds it restored and changes nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [string] $PriorState,
        [Parameter(Mandatory = $true)] [ValidateSet('Auto', 'Manual', 'Disabled')] [string] $PriorStart,
        [AllowEmptyString()] [string] $PriorDelayed = '',
        [AllowEmptyCollection()] [string[]] $Dependents = @()
    )
    $result = @{ Changed = $false; Restored = $false; Conflict = $false; Current = ''; Errors = @() }
    $now = Get-FbService -Name $Name
    $record = Get-FbShieldRecord -Id $Id
    if (-not $now.Exists) { $result.Errors += "there is no service $Name" }
    elseif (@($PriorStart, 'Disabled') -notcontains $now.Start) { $result.Conflict = $true }
    elseif (($record.Count -gt 0 -or $now.Start -ne $PriorStart -or $now.State -ne $PriorState) -and $PSCmdlet.ShouldProcess($Name, 'restore')) {
        try {
            $runs = $PriorState -eq 'Running'
            $state = $(if ($runs) { 'Running' } else { '' })
            # What is disabled cannot be started, and yet a disabled service may have been running.
            $mode = $(if ($runs -and $PriorStart -eq 'Disabled' -and $now.State -ne 'Running') { 'Manual' } else { $PriorStart })
            if ((Set-FbService -Name $Name -State $state -Start $mode).Changed) { $result.Changed = $true }
            if ((Set-FbService -Name $Name -Start $PriorStart).Changed) { $result.Changed = $true }
            # Setting a start mode may have cleared it.
            $key = "HKLM\SYSTEM\CurrentControlSet\Services\$Name"
            $delayed = Get-FbRegistryValue -Path $key -Name 'DelayedAutoStart'
            if ($PriorDelayed -and "$($delayed.Value)" -ne $PriorDelayed) {
                $null = Set-FbRegistryValue -Path $key -Name 'DelayedAutoStart' -Type DWord -Value ([int] $PriorDelayed)
                $result.Changed = $true
            }
            foreach ($dependent in $Dependents) {
                if ($runs -and $dependent -and (Set-FbService -Name $dependent -State Running).Changed) { $result.Changed = $true }
            }
        }
        catch { $result.Errors += $_.Exception.Message }
    }
    $after = Get-FbService -Name $Name
    $result.Current = '{0} is {1}, start {2}' -f $Name, $after.State, $after.Start
    if (-not $result.Conflict -and $after.Exists -and $result.Errors.Count -eq 0) {
        $result.Restored = [bool] ($after.Start -eq $PriorStart -and ($PriorState -ne 'Running' -or $after.State -eq 'Running'))
    }
    if ($result.Restored -and $record.Count -gt 0) { Clear-FbShield -Id $Id }
    New-Object -TypeName PSObject -Property $result
}
