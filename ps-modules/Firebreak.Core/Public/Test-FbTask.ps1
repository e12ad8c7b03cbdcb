function Test-FbTask {
    <#
    .SYNOPSIS
    Whether a scheduled task of this name is registered.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Name)
    (Invoke-FbProgram -FilePath 'schtasks.exe' -ArgumentList @('/query', '/tn', $Name)).ExitCode -eq 0
}
