function Restore-FbRpcProxyShield {
    <#
    .SYNOPSIS
    Gives a value of the RPC proxy its prior value, or its absence, back: Changed, Restored, Conflict, Current, Errors.
    .DESCRIPTION
    Only when it still holds what the shield wrote. A second call finds it restored and changes nothing.
    .PARAMETER Restart
    Restarts the web service, so that the proxy reads the value at once.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [Parameter(Mandatory = $true)] [ValidateSet('ValidPorts', 'Enabled')] [string] $Name,
        [Parameter(Mandatory = $true)] [string] $Type,
        [Parameter(Mandatory = $true)] [object] $Value,
        [bool] $PriorPresent = $false,
        [AllowEmptyString()] [string] $PriorType = '',
        [AllowNull()] [object] $PriorValue = $null,
        [switch] $Restart
    )
    $key = 'HKLM\SOFTWARE\Microsoft\Rpc\RpcProxy'
    $result = @{ Changed = $false; Restored = $false; Conflict = $false; Current = ''; Errors = @() }
    $now = Get-FbRegistryValue -Path $key -Name $Name
    $isOurs = $now.Present -and $now.Type -eq $Type -and "$($now.Value)" -ceq "$Value"
    $isPrior = $now.Present -eq $PriorPresent -and (-not $PriorPresent -or ($now.Type -eq $PriorType -and "$($now.Value)" -ceq "$PriorValue"))
    $record = Get-FbShieldRecord -Id $Id
    if (-not $now.Readable) { $result.Errors += "$key\$Name could not be read" }
    elseif (-not $isOurs -and -not $isPrior) { $result.Conflict = $true }
    elseif ((-not $isPrior -or $record.Count -gt 0) -and $PSCmdlet.ShouldProcess("$key\$Name", 'restore')) {
        try {
            if (-not $isPrior) {
                if ($PriorPresent) { $null = Set-FbRegistryValue -Path $key -Name $Name -Type $PriorType -Value $PriorValue }
                else { $null = Remove-FbRegistryValue -Path $key -Name $Name }
                $result.Changed = $true
            }
            # While the record is there, an earlier attempt may have ended before the proxy read the prior value.
            if ($Restart) { Restart-FbWebService }
        }
        catch { $result.Errors += $_.Exception.Message }
    }
    $after = Get-FbRegistryValue -Path $key -Name $Name
    $result.Current = $(if ($after.Present) { "$Name = $($after.Value) ($($after.Type))" } else { "$Name is absent" })
    if (-not $result.Conflict -and $after.Readable -and $result.Errors.Count -eq 0) {
        $result.Restored = [bool] ($after.Present -eq $PriorPresent -and (-not $PriorPresent -or ($after.Type -eq $PriorType -and "$($after.Value)" -ceq "$PriorValue")))
    }
    if ($result.Restored -and $record.Count -gt 0 -and $PSCmdlet.ShouldProcess($Id, 'remove timers and record')) {
        $mark = Get-FbBootMark -Id $Id
        $null = Remove-FbRegistryValue -Path $mark.Path -Name $mark.Name
        if ($null -eq (Get-FbTarget)) { Clear-FbShield -Id $Id }
        else { $null = Remove-FbRegistryKey -Path (Get-FbShieldKey -Id $Id) }
    }
    New-Object -TypeName PSObject -Property $result
}
