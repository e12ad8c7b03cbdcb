function Start-FbServiceScript {
    <#
    .SYNOPSIS
    Starts a .cmd file of the target as SYSTEM, by a service that is made for it and goes again.
    .DESCRIPTION
    The service manager ends a process that does not answer as a service does; so that one only starts the script in a
    process of its own and ends. No quotes: the line goes through three command lines.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Path)
    if (-not $PSCmdlet.ShouldProcess($Path, 'start as a service')) { return }
    $name = 'Firebreak' + [Guid]::NewGuid().ToString('N').Substring(0, 8)
    $shell = '{0}\cmd.exe' -f (Get-FbSystemFolder)
    $line = '{0} /c start /b {0} /c {1}' -f $shell, $Path
    $made = Invoke-FbServiceControl -Command @('create', $name, 'binPath=', $line, 'type=', 'own', 'start=', 'demand', 'error=', 'ignore')
    if ($made.ExitCode -ne 0) { throw ('sc create: {0}' -f $made.ExitCode) }
    try {
        $started = Invoke-FbServiceControl -Command @('start', $name)
        # 1053: it did not answer as a service, which it is not; 109: it has gone before it was asked.
        if (@(0, 109, 1053) -notcontains $started.ExitCode) { throw ('sc start: {0}' -f $started.ExitCode) }
    }
    finally { $null = Invoke-FbServiceControl -Command @('delete', $name) }
}
