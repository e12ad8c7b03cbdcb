function Set-FbRegistryShield {
    <#
    .SYNOPSIS
    Puts a shield up by one registry value: Changed, Applied, Errors. Record and timers come first.
    .PARAMETER Service
    That reads the value when it starts, and is restarted for it; empty = none.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [Parameter(Mandatory = $true)] [string] $Key,
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [ValidateSet('DWord', 'String')] [string] $Type,
        [Parameter(Mandatory = $true)] [object] $Value,
        [bool] $PriorPresent = $false,
        [AllowEmptyString()] [string] $PriorType = '',
        [AllowNull()] [object] $PriorValue = $null,
        [AllowEmptyString()] [string] $Service = '',
        [ValidateRange(10, 86400)] [int] $ConfirmSeconds = 300,
        [int] $TtlSeconds = 0,
        [AllowEmptyCollection()] [string[]] $Floor = @()
    )
    $result = @{ Changed = $false; Applied = $false; Errors = @() }
    $before = Get-FbRegistryShield -Id $Id -Key $Key -Name $Name -Service $Service
    $stands = $before.InEffect -and $before.Present -and $before.Type -eq $Type -and "$($before.Value)" -ceq "$Value"
    if ($stands -and (Get-FbShieldRecord -Id $Id).Confirmed) { $result.Applied = $true }
    elseif ($PSCmdlet.ShouldProcess("$Key\$Name", 'write')) {
        try {
            Set-FbShieldRecord -Id $Id -Record @{
                Method = 'registry'; Key = $Key; Name = $Name; Type = $Type; Value = "$Value"
                PriorPresent = "$PriorPresent"; PriorType = $PriorType; PriorValue = "$PriorValue"; Floor = ($Floor -join ' ')
                Service = $Service
            }
            Set-FbShieldTimer -Id $Id -ConfirmSeconds $ConfirmSeconds -TtlSeconds $TtlSeconds
            foreach ($mark in @('Written', 'Restarted')) { $null = Remove-FbRegistryValue -Path (Get-FbShieldKey -Id $Id) -Name $mark }
            $null = Set-FbRegistryValue -Path $Key -Name $Name -Type $Type -Value $Value
            $result.Changed = $true
            Set-FbShieldRecord -Id $Id -Record @{ Written = (ConvertTo-FbTime -Value (Get-FbTime)) }
            if ($Service) {
                Restart-FbShieldService -Name $Service
                Set-FbShieldRecord -Id $Id -Record @{ Restarted = (ConvertTo-FbTime -Value (Get-FbTime)) }
            }
        }
        catch { $result.Errors += $_.Exception.Message }
        $after = Get-FbRegistryShield -Id $Id -Key $Key -Name $Name -Service $Service
        $result.Applied = [bool] ($after.InEffect -and $after.Present -and $after.Type -eq $Type -and "$($after.Value)" -ceq "$Value")
    }
    New-Object -TypeName PSObject -Property $result
}
