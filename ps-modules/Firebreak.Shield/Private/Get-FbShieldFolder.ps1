function Get-FbShieldFolder {
    <#
    .SYNOPSIS
    Folder of the script that a shield's timers run.
    #>
    [CmdletBinding()]
    param([string] $Id)
    '{0}\shields\{1}' -f (Get-FbDataFolder), $Id
}
