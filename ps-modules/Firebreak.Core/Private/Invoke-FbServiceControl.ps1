function Invoke-FbServiceControl {
    <#
    .SYNOPSIS
    Runs sc.exe of this machine against the service manager of the target, over the connection that is open.
    #>
    [CmdletBinding()]
    param([string[]] $Command)
    $target = $script:FbTarget
    $arguments = @('\\' + $target.UncHost) + $Command
    # The program is the relay's: only its argument names the target.
    $script:FbTarget = $null
    try { Invoke-FbProgram -FilePath 'sc.exe' -ArgumentList $arguments }
    finally { $script:FbTarget = $target }
}
