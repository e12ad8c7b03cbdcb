function Invoke-FbRelayProgram {
    <#
    .SYNOPSIS
    Runs a program of this machine, also while there is a target: ExitCode and Output. For programs that take a computer as an argument.
    .DESCRIPTION
    They reach the target over the connection that is open, without a password.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $FilePath, [string[]] $ArgumentList = @())
    $target = $script:FbTarget
    $script:FbTarget = $null
    try { Invoke-FbProgram -FilePath $FilePath -ArgumentList $ArgumentList }
    finally { $script:FbTarget = $target }
}
