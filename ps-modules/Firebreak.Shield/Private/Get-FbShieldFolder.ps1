function Get-FbShieldFolder {
    <#
    .SYNOPSIS
    Folder of the script that a shield's timers run.
    #>
    [CmdletBinding()]
    param([string] $Id)
    Join-Path -Path (Get-FbDataFolder) -ChildPath "shields\$Id"
}
