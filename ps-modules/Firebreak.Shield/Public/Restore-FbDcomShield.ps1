function Restore-FbDcomShield {
    <#
    .SYNOPSIS
    Gives EnableDCOM its prior value, or its absence, back: Changed, Restored, Conflict, Current, RebootRequired, Errors.
    .DESCRIPTION
    Only when it still says what the shield wrote. A second call finds it restored and changes nothing. RebootRequired: DCOM
    was off already, and works again after the next start.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [bool] $PriorPresent = $false,
        [AllowEmptyString()] [string] $PriorType = '',
        [AllowNull()] [object] $PriorValue = $null
    )
    $key = 'HKLM\SOFTWARE\Microsoft\OLE'
    $result = @{ Changed = $false; Restored = $false; Conflict = $false; Current = ''; RebootRequired = $false; Errors = @() }
    $now = Get-FbRegistryValue -Path $key -Name 'EnableDCOM'
    $isOurs = $now.Present -and $now.Type -eq 'String' -and "$($now.Value)" -ceq 'N'
    $isPrior = $now.Present -eq $PriorPresent -and (-not $PriorPresent -or ($now.Type -eq $PriorType -and "$($now.Value)" -ceq "$PriorValue"))
    $record = Get-FbShieldRecord -Id $Id
    $mark = Get-FbBootMark -Id $Id
    $off = Get-FbBootMark -Id $Id -Off
    if (-not $now.Readable) { $result.Errors += 'EnableDCOM could not be read' }
    elseif (-not $isOurs -and -not $isPrior) { $result.Conflict = $true }
    elseif (-not $isPrior -and $PSCmdlet.ShouldProcess("$key\EnableDCOM", 'restore')) {
        try {
            # Where it cannot be told, DCOM may be off: a start too many does no harm.
            if ((Test-FbBooted -Id $Id -Record $record) -ne $false) {
                $null = Set-FbRegistryValue -Path $off.Path -Name $off.Name -Type String -Value 'not restarted since'
            }
            if ($PriorPresent) { $null = Set-FbRegistryValue -Path $key -Name 'EnableDCOM' -Type $PriorType -Value $PriorValue }
            else { $null = Remove-FbRegistryValue -Path $key -Name 'EnableDCOM' }
            $result.Changed = $true
        }
        catch { $result.Errors += $_.Exception.Message }
    }
    $after = Get-FbRegistryValue -Path $key -Name 'EnableDCOM'
    $result.Current = $(if ($after.Present) { "EnableDCOM = $($after.Value) ($($after.Type))" } else { 'EnableDCOM is absent' })
    if (-not $result.Conflict -and $after.Readable) {
        $result.Restored = [bool] ($after.Present -eq $PriorPresent -and (-not $PriorPresent -or ($after.Type -eq $PriorType -and "$($after.Value)" -ceq "$PriorValue")))
    }
    if ($result.Restored) {
        # The marks of a start that has been go with it.
        $result.RebootRequired = [bool] (Get-FbRegistryValue -Path $off.Path -Name $off.Name).Present
        if ($record.Count -gt 0 -and $PSCmdlet.ShouldProcess($Id, 'remove record')) {
            $null = Remove-FbRegistryValue -Path $mark.Path -Name $mark.Name
            $null = Remove-FbRegistryKey -Path (Get-FbShieldKey -Id $Id)
        }
    }
    New-Object -TypeName PSObject -Property $result
}
