function Confirm-FbShield {
    <#
    .SYNOPSIS
    Disarms the timer that would take the shield down blindly: Changed, Confirmed, Errors.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id)
    $result = @{ Changed = $false; Confirmed = $false; Errors = @() }
    $taken = 'the host has taken it down by itself, or is about to'
    $record = Get-FbShieldRecord -Id $Id
    $task = Get-FbShieldTask -Id $Id -Timer confirm
    $fired = $record.Reverting -or ((Get-FbTarget) -and (Test-FbFile -Path "$(Get-FbShieldFolder -Id $Id)\reverted"))
    if ($record.Count -eq 0) { $result.Errors += 'the shield is not there (any more)' }
    elseif ($fired) { $result.Errors += $taken }
    elseif ($PSCmdlet.ShouldProcess($Id, 'disarm the confirm timer')) {
        # The record first: a timer that fires just now reads it and leaves the shield alone.
        if (-not $record.Confirmed) {
            $now = ConvertTo-FbTime -Value (Get-FbTime)
            $null = Set-FbRegistryValue -Path (Get-FbShieldKey -Id $Id) -Name 'Confirmed' -Type String -Value $now
            $result.Changed = $true
        }
        # A target's timer cannot read the registry without a program that it may not have.
        if (Get-FbTarget) { Set-FbText -Path "$(Get-FbShieldFolder -Id $Id)\confirmed" -Text 'confirmed' }
        # It may have fired since the record was read; it looks once more as well, after it has said so.
        if ((Get-FbShieldRecord -Id $Id).Reverting) {
            $result.Errors += $taken
            return New-Object -TypeName PSObject -Property $result
        }
        Unregister-FbTask -Name $task
        if (Test-FbTask -Name $task) { $result.Errors += 'its task could not be removed' } else { $result.Confirmed = $true }
    }
    New-Object -TypeName PSObject -Property $result
}
