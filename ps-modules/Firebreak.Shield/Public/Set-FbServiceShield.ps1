function Set-FbServiceShield {
    <#
    .SYNOPSIS
    Puts a shield up by stopping and disabling a service, with what runs on top of it: Changed, Applied, Errors. Record and timers come first.
    .PARAMETER PriorDelayed
    DelayedAutoStart as it was found; empty = not set.
    .PARAMETER Dependents
    Running services that stop with it and that a revert starts again.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [string] $PriorState,
        [Parameter(Mandatory = $true)] [ValidateSet('Auto', 'Manual', 'Disabled')] [string] $PriorStart,
        [AllowEmptyString()] [string] $PriorDelayed = '',
        [AllowEmptyCollection()] [string[]] $Dependents = @(),
        [ValidateRange(10, 86400)] [int] $ConfirmSeconds = 300,
        [int] $TtlSeconds = 0,
        [AllowEmptyCollection()] [string[]] $Floor = @()
    )
    $result = @{ Changed = $false; Applied = $false; Errors = @() }
    $before = Get-FbService -Name $Name
    if ($before.State -eq 'Stopped' -and $before.Start -eq 'Disabled' -and (Get-FbShieldRecord -Id $Id).Confirmed) { $result.Applied = $true }
    elseif ($PSCmdlet.ShouldProcess($Name, 'stop and disable')) {
        try {
            Set-FbShieldRecord -Id $Id -Record @{
                Method = 'service'; Service = $Name; PriorState = $PriorState; PriorStart = $PriorStart; PriorDelayed = $PriorDelayed
                Dependents = ($Dependents -join ' '); Floor = ($Floor -join ' ')
            }
            Set-FbShieldTimer -Id $Id -ConfirmSeconds $ConfirmSeconds -TtlSeconds $TtlSeconds
            $result.Changed = [bool] (Set-FbService -Name $Name -State Stopped -Start Disabled).Changed
        }
        catch { $result.Errors += $_.Exception.Message }
        $after = Get-FbService -Name $Name
        $result.Applied = [bool] ($after.State -eq 'Stopped' -and $after.Start -eq 'Disabled')
    }
    New-Object -TypeName PSObject -Property $result
}
