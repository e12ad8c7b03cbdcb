function Get-FbTaskFile {
    <#
    .SYNOPSIS
    Where the files of a task lie on a target from before Windows Vista, without their ending.
    #>
    [CmdletBinding()]
    param([string] $Name)
    '{0}\tasks\{1}' -f (Get-FbDataFolder), ($Name -replace '^\\', '' -replace '[^A-Za-z0-9-]', '_')
}
