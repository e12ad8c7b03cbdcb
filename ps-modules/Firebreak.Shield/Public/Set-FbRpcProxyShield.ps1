function Set-FbRpcProxyShield {
    <#
    .SYNOPSIS
    Writes one value of the RPC proxy: Changed, Applied, Errors. Record and timers come first.
    .PARAMETER Restart
    Restarts the web service, so that the proxy reads the value at once.
    .PARAMETER ConfirmSeconds
    0 = no timers: a host without PowerShell has none of this kind.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [Parameter(Mandatory = $true)] [ValidateSet('ValidPorts', 'Enabled')] [string] $Name,
        [Parameter(Mandatory = $true)] [ValidateSet('DWord', 'String', 'ExpandString')] [string] $Type,
        [Parameter(Mandatory = $true)] [object] $Value,
        [bool] $PriorPresent = $false,
        [AllowEmptyString()] [string] $PriorType = '',
        [AllowNull()] [object] $PriorValue = $null,
        [switch] $Restart,
        [ValidateRange(0, 86400)] [int] $ConfirmSeconds = 300,
        [int] $TtlSeconds = 0,
        [AllowEmptyCollection()] [string[]] $Floor = @()
    )
    $key = 'HKLM\SOFTWARE\Microsoft\Rpc\RpcProxy'
    $result = @{ Changed = $false; Applied = $false; Errors = @() }
    $record = Get-FbShieldRecord -Id $Id
    $now = Get-FbRegistryValue -Path $key -Name $Name
    $stands = $now.Present -and $now.Type -eq $Type -and "$($now.Value)" -ceq "$Value"
    $done = $stands -and ($record.Confirmed -or $ConfirmSeconds -eq 0) -and ($record.Restarted -or -not $Restart)
    if (-not $now.Readable) { $result.Errors += "$key\$Name could not be read" }
    elseif ($done) { $result.Applied = $true }
    elseif ($PSCmdlet.ShouldProcess("$key\$Name", 'write')) {
        try {
            Set-FbShieldRecord -Id $Id -Record @{
                Method = 'rpc-http'; Key = $key; Name = $Name; Type = $Type; Value = "$Value"
                PriorPresent = "$PriorPresent"; PriorType = $PriorType; PriorValue = "$PriorValue"; Floor = ($Floor -join ' ')
                Service = $(if ($Restart) { 'W3SVC' } else { '' })
            }
            if ($ConfirmSeconds -gt 0) { Set-FbShieldTimer -Id $Id -ConfirmSeconds $ConfirmSeconds -TtlSeconds $TtlSeconds }
            $result.Changed = $true
            if (-not $stands) {
                foreach ($mark in @('Written', 'Restarted')) { $null = Remove-FbRegistryValue -Path (Get-FbShieldKey -Id $Id) -Name $mark }
                Set-FbBootMark -Id $Id
                $null = Set-FbRegistryValue -Path $key -Name $Name -Type $Type -Value $Value
            }
            $now = ConvertTo-FbTime -Value (Get-FbTime)
            Set-FbShieldRecord -Id $Id -Record @{ Written = $now }
            if ($Restart) {
                Restart-FbWebService
                Set-FbShieldRecord -Id $Id -Record @{ Restarted = $now }
            }
        }
        catch { $result.Errors += $_.Exception.Message }
        $after = Get-FbRegistryValue -Path $key -Name $Name
        $result.Applied = [bool] ($result.Errors.Count -eq 0 -and $after.Present -and $after.Type -eq $Type -and "$($after.Value)" -ceq "$Value")
    }
    New-Object -TypeName PSObject -Property $result
}
