function Stop-FbCountdown {
    <#
    .SYNOPSIS
    Calls off a restart whose countdown runs (shutdown /a): Stopped, None (there was none), Error.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    $result = @{ Stopped = $false; None = $false; Error = '' }
    if ($PSCmdlet.ShouldProcess('countdown to a restart', 'call off')) {
        if ($script:FbTarget) { $done = Invoke-FbRelayProgram -FilePath 'shutdown.exe' -ArgumentList @('/a', '/m', ('\\' + $script:FbTarget.UncHost)) }
        else { $done = Invoke-FbProgram -FilePath 'shutdown.exe' -ArgumentList @('/a') }
        $result.Stopped = $done.ExitCode -eq 0
        # No shutdown was in progress.
        $result.None = $done.ExitCode -eq 1116
        if (-not $result.Stopped -and -not $result.None) { $result.Error = 'shutdown /a ended with {0}: {1}' -f $done.ExitCode, ($done.Output -join ' ') }
    }
    New-Object -TypeName PSObject -Property $result
}
