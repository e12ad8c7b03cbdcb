function Invoke-FbIpsecCommand {
    <#
    .SYNOPSIS
    Runs the program for IPsec policies; fails with the command and the program's own words.
    .PARAMETER Command
    For netsh without `ipsec static`.
    #>
    [CmdletBinding()]
    param([object] $Tool, [string[]] $Command)
    $arguments = $Command
    if ($Tool.Name -eq 'netsh') { $arguments = @('ipsec', 'static') + $Command }
    $done = Invoke-FbProgram -FilePath $Tool.Path -ArgumentList $arguments
    if ($done.ExitCode -ne 0) {
        $message = '{0} {1} ended with {2}: {3}' -f $Tool.Name, ($arguments -join ' '), $done.ExitCode, ($done.Output -join ' ')
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_SHIELD_REFUSED' -Message $message))
    }
}
