function Invoke-FbFirewallCommand {
    <#
    .SYNOPSIS
    Runs netsh with these words; fails with the command and its own words.
    #>
    [CmdletBinding()]
    param([string[]] $Command)
    $done = Invoke-FbProgram -FilePath 'netsh.exe' -ArgumentList $Command
    if ($done.ExitCode -ne 0) {
        $message = 'netsh {0} ended with {1}: {2}' -f ($Command -join ' '), $done.ExitCode, ($done.Output -join ' ')
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_SHIELD_REFUSED' -Message $message))
    }
}
