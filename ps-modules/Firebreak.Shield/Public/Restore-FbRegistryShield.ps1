function Restore-FbRegistryShield {
    <#
    .SYNOPSIS
    Gives a registry value its prior value, or its absence, back: Changed, Restored, Conflict, Current, Errors.
    .DESCRIPTION
    Only when it still holds what the shield wrote. A second call finds it restored and changes nothing.
    .PARAMETER Service
    That reads the value when it starts, and is restarted for it; empty = none.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [Parameter(Mandatory = $true)] [string] $Key,
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [string] $Type,
        [Parameter(Mandatory = $true)] [object] $Value,
        [bool] $PriorPresent = $false,
        [AllowEmptyString()] [string] $PriorType = '',
        [AllowNull()] [object] $PriorValue = $null,
        [AllowEmptyString()] [string] $Service = ''
    )
    $result = @{ Changed = $false; Restored = $false; Conflict = $false; Current = ''; Errors = @() }
    $now = Get-FbRegistryValue -Path $Key -Name $Name
    $isOurs = $now.Present -and $now.Type -eq $Type -and "$($now.Value)" -ceq "$Value"
    $isPrior = $now.Present -eq $PriorPresent -and (-not $PriorPresent -or ($now.Type -eq $PriorType -and "$($now.Value)" -ceq "$PriorValue"))
    $record = Get-FbShieldRecord -Id $Id
    if (-not $now.Readable) { $result.Errors += "$Key\$Name could not be read" }
    elseif (-not $isOurs -and -not $isPrior) { $result.Conflict = $true }
    elseif (-not $isPrior -and $PSCmdlet.ShouldProcess("$Key\$Name", 'restore')) {
        try {
            if ($PriorPresent) { $null = Set-FbRegistryValue -Path $Key -Name $Name -Type $PriorType -Value $PriorValue }
            else { $null = Remove-FbRegistryValue -Path $Key -Name $Name }
            $result.Changed = $true
        }
        catch { $result.Errors += $_.Exception.Message }
    }
    # The record goes last: while it is there, an earlier attempt may have ended before the service read the prior value.
    $isRead = -not $Service -or $isOurs -eq $isPrior -or ($record.Count -eq 0 -and -not $result.Changed) -or $result.Errors.Count -gt 0
    if (-not $isRead -and $PSCmdlet.ShouldProcess($Service, 'restart')) {
        try { Restart-FbShieldService -Name $Service }
        catch { $result.Errors += $_.Exception.Message }
    }
    $after = Get-FbRegistryValue -Path $Key -Name $Name
    $result.Current = $(if ($after.Present) { "$Name = $($after.Value) ($($after.Type))" } else { "$Name is absent" })
    if (-not $result.Conflict -and $after.Readable -and $result.Errors.Count -eq 0) {
        $result.Restored = [bool] ($after.Present -eq $PriorPresent -and (-not $PriorPresent -or ($after.Type -eq $PriorType -and "$($after.Value)" -ceq "$PriorValue")))
    }
    if ($result.Restored -and $record.Count -gt 0) { Clear-FbShield -Id $Id }
    New-Object -TypeName PSObject -Property $result
}
