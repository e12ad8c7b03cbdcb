function Get-FbDataFolder {
    <#
    .SYNOPSIS
    Folder of Firebreak on the host.
    .DESCRIPTION
    Below the Windows folder, where only administrators may create files: the SYSTEM account runs scripts from here,
    and under %ProgramData% every user could have put a folder of that name in place before.
    #>
    [CmdletBinding()]
    param()
    Join-Path -Path $env:SystemRoot -ChildPath 'Firebreak'
}
