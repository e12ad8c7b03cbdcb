function Get-FbRestartMark {
    <#
    .SYNOPSIS
    Where the mark of a restart that was asked for stands: in a key that Windows makes anew at every start.
    #>
    [CmdletBinding()]
    param()
    @{ Path = 'HKLM\HARDWARE\DESCRIPTION\System'; Name = 'FirebreakRestart' }
}
