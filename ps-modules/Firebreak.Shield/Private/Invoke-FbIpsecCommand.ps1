function Invoke-FbIpsecCommand {
    <#
    .SYNOPSIS
    Runs `netsh ipsec static ...`; fails with the command and the program's own words.
    #>
    [CmdletBinding()]
    param([string[]] $Command)
    $done = Invoke-FbProgram -FilePath 'netsh.exe' -ArgumentList (@('ipsec', 'static') + $Command)
    if ($done.ExitCode -ne 0) {
        $message = 'netsh ipsec static {0} ended with {1}: {2}' -f ($Command -join ' '), $done.ExitCode, ($done.Output -join ' ')
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_SHIELD_REFUSED' -Message $message))
    }
}
