function Get-FbAskedBoot {
    <#
    .SYNOPSIS
    The boot of a host as Time and Source, with what Restart-FbHost has left there.
    .PARAMETER Boot
    What Get-FbBootTime gave.
    .PARAMETER Asked
    The boot time that was shown when a restart was asked for, as Get-FbRegistryValue gave it.
    #>
    [CmdletBinding()]
    param([object] $Boot, [object] $Asked)
    $mark = Get-FbRestartMark
    $found = Get-FbRegistryValue -Path $mark.Path -Name $mark.Name
    # Its key is made anew at every start: the mark in it says that the system still runs that was asked.
    if ($found.Present -and $Asked.Present) { return New-Object -TypeName PSObject -Property @{ Time = [string] $Asked.Value; Source = 'asked' } }
    if ($Boot.Source -eq 'wmi') { return $Boot }
    $at = Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Firebreak\Lease' -Name 'RestartAskedAt'
    if ($at.Present -and ($null -eq $Boot.Time -or [string]::CompareOrdinal([string] $at.Value, [string] $Boot.Time) -gt 0)) {
        return New-Object -TypeName PSObject -Property @{ Time = [string] $at.Value; Source = 'asked' }
    }
    if ($null -ne $Boot.Time) { return $Boot }
    $made = (Get-FbFileInfo -Path '%SystemRoot%\System32\ntoskrnl.exe').Created
    New-Object -TypeName PSObject -Property @{ Time = $made; Source = 'installed' }
}
