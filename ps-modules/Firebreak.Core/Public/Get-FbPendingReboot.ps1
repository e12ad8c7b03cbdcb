function Get-FbPendingReboot {
    <#
    .SYNOPSIS
    Why a reboot is pending: Readable, and Reasons of servicing, windows-update, file-rename, update-exe, computer-rename.
    #>
    [CmdletBinding()]
    param()
    $reasons = @()
    $readable = $true
    $keys = @{
        'servicing'      = 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending'
        'windows-update' = 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired'
    }
    foreach ($reason in @('servicing', 'windows-update')) {
        $found = Get-FbRegistryName -Path $keys[$reason]
        if ($found.KeyPresent) { $reasons += $reason }
        if (-not $found.Readable) { $readable = $false }
    }
    $manager = 'HKLM\SYSTEM\CurrentControlSet\Control\Session Manager'
    foreach ($name in @('PendingFileRenameOperations', 'PendingFileRenameOperations2')) {
        $found = Get-FbRegistryValue -Path $manager -Name $name
        if (-not $found.Readable) { $readable = $false }
        $entries = @($found.Value | Where-Object { "$_" })
        if ($found.Present -and $entries.Count -gt 0 -and $reasons -notcontains 'file-rename') { $reasons += 'file-rename' }
    }
    $updates = 'HKLM\SOFTWARE\Microsoft\Updates'
    $volatile = Get-FbRegistryValue -Path $updates -Name 'UpdateExeVolatile'
    $flags = Get-FbRegistryValue -Path "$updates\UpdateExeVolatile" -Name 'Flags'
    foreach ($found in @($volatile, $flags)) {
        if (-not $found.Readable) { $readable = $false }
        if ($found.Present -and "$($found.Value)" -ne '0' -and $reasons -notcontains 'update-exe') { $reasons += 'update-exe' }
    }
    $names = 'HKLM\SYSTEM\CurrentControlSet\Control\ComputerName'
    $active = Get-FbRegistryValue -Path "$names\ActiveComputerName" -Name 'ComputerName'
    $next = Get-FbRegistryValue -Path "$names\ComputerName" -Name 'ComputerName'
    if ($active.Present -and $next.Present -and $active.Value -ne $next.Value) { $reasons += 'computer-rename' }
    New-Object -TypeName PSObject -Property @{ Reasons = $reasons; Readable = $readable }
}
