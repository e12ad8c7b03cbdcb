function ConvertFrom-FbFailureAction {
    <#
    .SYNOPSIS
    SERVICE_FAILURE_ACTIONS as the registry has it: Reset (seconds) and Action, as sc.exe takes it (restart/1000/reboot/60000); none when nothing is done.
    .DESCRIPTION
    The layout is that of 32-bit systems everywhere: five numbers, then a kind (0 nothing, 1 restart, 2 reboot, 3 program) and milliseconds for each.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [byte[]] $Bytes)
    $reset = 0
    $parts = @()
    if ($Bytes.Count -ge 20) {
        $reset = [long] [BitConverter]::ToUInt32($Bytes, 0)
        $count = [Math]::Min([BitConverter]::ToInt32($Bytes, 12), [Math]::Floor(($Bytes.Count - 20) / 8))
        $kinds = @{ 0 = ''; 1 = 'restart'; 2 = 'reboot'; 3 = 'run' }
        for ($at = 0; $at -lt $count; $at++) {
            $kind = [BitConverter]::ToInt32($Bytes, 20 + 8 * $at)
            $parts += '{0}/{1}' -f $kinds[$kind], [BitConverter]::ToUInt32($Bytes, 24 + 8 * $at)
        }
    }
    $action = $parts -join '/'
    if ($action -notmatch '[a-z]') { $action = 'none' }
    New-Object -TypeName PSObject -Property @{ Reset = $reset; Action = $action }
}
