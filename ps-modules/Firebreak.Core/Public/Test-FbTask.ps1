function Test-FbTask {
    <#
    .SYNOPSIS
    Whether a scheduled task of this name is registered.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Name)
    if ($script:FbTarget -and -not (Test-FbTaskScheduler)) { return @(Get-FbTargetTask -Name $Name).Count -gt 0 }
    (Invoke-FbProgram -FilePath 'schtasks.exe' -ArgumentList @('/query', '/tn', $Name)).ExitCode -eq 0
}
