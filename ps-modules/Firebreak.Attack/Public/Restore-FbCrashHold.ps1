function Restore-FbCrashHold {
    <#
    .SYNOPSIS
    Gives back what happened before when the service died: Changed, Restored, Conflict, Current, Errors.
    .DESCRIPTION
    Only when it is still what Set-FbCrashHold has set. A second call finds it restored and changes nothing.
    .PARAMETER Action
    What was set by Set-FbCrashHold.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9_.-]+$')] [string] $Service,
        [Parameter(Mandatory = $true)] [string] $Action,
        [bool] $PriorPresent = $false,
        [string] $PriorAction = 'none',
        [long] $PriorReset = 0
    )
    $result = @{ Changed = $false; Restored = $false; Conflict = $false; Current = ''; Errors = @() }
    $now = Get-FbCrashHold -Service $Service
    $isPrior = $now.Present -eq $PriorPresent -and $now.Action -eq $PriorAction -and $now.Reset -eq $PriorReset
    if (-not $now.Readable) { $result.Errors += 'what happens when it dies could not be read' }
    elseif (-not $isPrior -and $now.Action -ne $Action) { $result.Conflict = $true }
    elseif (-not $isPrior -and $PSCmdlet.ShouldProcess($Service, "restore $PriorAction")) {
        try {
            $null = Set-FbServiceFailure -Name $Service -Reset $PriorReset -Action $PriorAction
            if (-not $PriorPresent) { $null = Remove-FbRegistryValue -Path "HKLM\SYSTEM\CurrentControlSet\Services\$Service" -Name 'FailureActions' }
            $result.Changed = $true
        }
        catch { $result.Errors += $_.Exception.GetBaseException().Message }
        $now = Get-FbCrashHold -Service $Service
        $isPrior = $now.Present -eq $PriorPresent -and $now.Action -eq $PriorAction -and $now.Reset -eq $PriorReset
    }
    $result.Current = $now.Action
    $result.Restored = [bool] ($now.Readable -and $isPrior)
    New-Object -TypeName PSObject -Property $result
}
