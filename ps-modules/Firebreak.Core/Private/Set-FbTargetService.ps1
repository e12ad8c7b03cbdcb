function Set-FbTargetService {
    <#
    .SYNOPSIS
    One change of a service of the target by its service manager, waited for.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Name, [ValidateSet('stop', 'mode', 'start')] [string] $Step, [string] $Start)
    if (-not $PSCmdlet.ShouldProcess($Name, $Step)) { return }
    $modes = @{ Auto = 'auto'; Manual = 'demand'; Disabled = 'disabled' }
    $command = @($Step, $Name)
    if ($Step -eq 'mode') { $command = @('config', $Name, 'start=', $modes[$Start]) }
    $code = (Invoke-FbServiceControl -Command $command).ExitCode
    # 1056 runs already, 1062 is stopped already.
    if (@(0, 1056, 1062) -notcontains $code) {
        $message = 'service {0} of {1}: sc {2} ended with {3}' -f $Name, $script:FbTarget.Name, $command[0], $code
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_INVOKE_FAILED' -Message $message -Target $Name))
    }
    if ($Step -eq 'mode') { return }
    $wanted = @{ stop = 'Stopped'; start = 'Running' }[$Step]
    for ($try = 0; $try -lt 60; $try++) {
        if ((Get-FbTargetServiceState -Name $Name) -eq $wanted) { return }
        Start-Sleep -Milliseconds 500
    }
    $message = 'service {0} of {1} is not {2} after half a minute' -f $Name, $script:FbTarget.Name, $wanted
    $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_INVOKE_FAILED' -Message $message -Target $Name))
}
