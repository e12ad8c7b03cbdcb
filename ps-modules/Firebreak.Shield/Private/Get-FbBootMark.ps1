function Get-FbBootMark {
    <#
    .SYNOPSIS
    Where a shield marks that the host has not been restarted since: in a key that Windows makes anew at every start.
    .DESCRIPTION
    Needs neither a clock nor WMI, which a shield may have switched off, and sees a crash as well as an orderly restart.
    .PARAMETER Off
    Since the shield was taken down; else since it went up.
    #>
    [CmdletBinding()]
    param([string] $Id, [switch] $Off)
    $name = "FirebreakShield-$Id"
    if ($Off) { $name += '-off' }
    @{ Path = 'HKLM\HARDWARE\DESCRIPTION\System'; Name = $name }
}
