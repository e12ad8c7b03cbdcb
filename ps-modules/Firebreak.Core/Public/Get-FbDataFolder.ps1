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
    if ($script:FbTarget) { return '{0}\Firebreak' -f $script:FbTarget.SystemRoot }
    Join-Path -Path $env:SystemRoot -ChildPath 'Firebreak'
}
