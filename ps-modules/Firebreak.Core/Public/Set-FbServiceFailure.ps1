function Set-FbServiceFailure {
    <#
    .SYNOPSIS
    Sets what the service manager does each time the process of a service dies. No output.
    .DESCRIPTION
    By sc.exe, the documented way: an edit of the registry alone may not be heeded. A program and a message that are set stay as they are.
    .PARAMETER Action
    Kind and milliseconds in turn, as sc.exe takes them: restart/1000/reboot/60000; an empty kind does nothing, none is nothing at all.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9_.-]+$')] [string] $Name,
        [long] $Reset = 0,
        [Parameter(Mandatory = $true)] [ValidatePattern('^(none|((restart|reboot|run)?/\d+/?)+)$')] [string] $Action
    )
    if (-not $PSCmdlet.ShouldProcess($Name, "failure actions $Action")) { return }
    # An empty list does not get through as an argument.
    $list = $(if ($Action -eq 'none') { '/0' } else { $Action })
    $command = @('failure', $Name, 'reset=', "$Reset", 'actions=', $list)
    if ($script:FbTarget) { $done = Invoke-FbServiceControl -Command $command }
    else { $done = Invoke-FbProgram -FilePath 'sc.exe' -ArgumentList $command }
    if ($done.ExitCode -eq 0) { return }
    $message = 'sc failure {0} ended with {1}: {2}' -f $Name, $done.ExitCode, ($done.Output -join ' ')
    $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_INVOKE_FAILED' -Message $message -Target $Name))
}
