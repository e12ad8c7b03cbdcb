function Restart-FbHost {
    <#
    .SYNOPSIS
    Asks the host to restart: State is started, already (a shutdown is under way) or failed.
    .DESCRIPTION
    A target is asked by shutdown.exe of the relay, which needs neither DCOM nor a tool on the target; where that does not
    get through, by WMI.
    .PARAMETER DelaySeconds
    Long enough for this answer to get out before the network goes.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [ValidateRange(0, 3600)] [int] $DelaySeconds = 2,
        [string] $Message = 'Restart'
    )
    $result = @{ Changed = $false; State = 'failed'; ExitCode = 0; Reason = $null }
    if (-not $PSCmdlet.ShouldProcess('this host', 'restart')) {
        $result.State = 'whatif'
        return New-Object -TypeName PSObject -Property $result
    }
    $target = Get-FbTarget
    # Whoever comes later can tell a restart that was asked for in this boot from one that never was. It goes with the lease.
    $key = 'HKLM\SOFTWARE\Firebreak\Lease'
    $boot = (Get-FbBootState).BootTime
    $null = Set-FbRegistryValue -Path $key -Name 'RestartAsked' -Type String -Value $boot
    $mark = Get-FbRestartMark
    $null = Set-FbRegistryValue -Path $mark.Path -Name $mark.Name -Type String -Value $boot
    # p:2:17 = planned, operating system, security fix.
    $arguments = @('/r', '/t', [string] $DelaySeconds, '/f', '/c', $Message, '/d', 'p:2:17')
    if ($null -eq $target) { $done = Invoke-FbProgram -FilePath 'shutdown.exe' -ArgumentList $arguments }
    else {
        $null = Set-FbRegistryValue -Path $key -Name 'RestartAskedAt' -Type String -Value (ConvertTo-FbTime -Value (Get-FbTime))
        $done = Invoke-FbTargetRestart -ArgumentList $arguments -Address $target.Address
    }
    $result.ExitCode = $done.ExitCode
    switch ($done.ExitCode) {
        0 {
            $result.Changed = $true
            $result.State = 'started'
        }
        1115 {
            $result.State = 'already'
            $result.Reason = 'a shutdown is in progress (1115)'
        }
        1190 {
            $result.State = 'already'
            $result.Reason = 'a shutdown has been scheduled (1190)'
        }
        default { $result.Reason = 'shutdown.exe ended with {0}: {1}' -f $done.ExitCode, ($done.Output -join ' ') }
    }
    New-Object -TypeName PSObject -Property $result
}
