function Get-FbTargetProgramFolder {
    <#
    .SYNOPSIS
    The target's Program Files folder, whose name is localised on some systems.
    #>
    [CmdletBinding()]
    param()
    $found = Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion' -Name 'ProgramFilesDir'
    if ($found.Present) { return [string] $found.Value }
    '{0}\Program Files' -f $script:FbTarget.SystemRoot.Substring(0, 2)
}
