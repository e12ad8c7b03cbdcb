function Invoke-FbServiceControl {
    <#
    .SYNOPSIS
    Runs sc.exe of this machine against the service manager of the target, over the connection that is open.
    #>
    [CmdletBinding()]
    param([string[]] $Command)
    Invoke-FbRelayProgram -FilePath 'sc.exe' -ArgumentList (@('\\' + $script:FbTarget.UncHost) + $Command)
}
