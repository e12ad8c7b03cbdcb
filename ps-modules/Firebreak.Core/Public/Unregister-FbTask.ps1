function Unregister-FbTask {
    <#
    .SYNOPSIS
    Removes a scheduled task, if it is there; a run of it goes on.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] [string] $Name)
    if (-not (Test-FbTask -Name $Name)) { return }
    if ($PSCmdlet.ShouldProcess($Name, 'remove task')) {
        if ($script:FbTarget -and -not (Test-FbTaskScheduler)) { return Remove-FbTargetTask -Name $Name }
        $null = Invoke-FbProgram -FilePath 'schtasks.exe' -ArgumentList @('/delete', '/tn', $Name, '/f')
    }
}
