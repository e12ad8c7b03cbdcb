function Get-FbShieldKey {
    <#
    .SYNOPSIS
    Registry key of the record that a shield keeps on the host for its timers.
    #>
    [CmdletBinding()]
    param([string] $Id)
    "HKLM\SOFTWARE\Firebreak\Shields\$Id"
}
