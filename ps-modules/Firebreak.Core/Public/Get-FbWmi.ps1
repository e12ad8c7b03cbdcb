function Get-FbWmi {
    <#
    .SYNOPSIS
    Instances of a WMI class: by Get-WmiObject where it exists, by Get-CimInstance on PowerShell 6 and later.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Class,
        [string] $Filter = '',
        [string] $Namespace = 'root\cimv2'
    )
    $parameters = @{ Namespace = $Namespace; ErrorAction = 'Stop' }
    if ($Filter) { $parameters.Filter = $Filter }
    if ($script:FbTarget) { $parameters += Get-FbWmiComputer }
    try {
        if (Get-Command -Name Get-WmiObject -CommandType Cmdlet -ErrorAction SilentlyContinue) {
            Get-WmiObject -Class $Class @parameters
        }
        else { Get-CimInstance -ClassName $Class @parameters }
    }
    catch {
        if ($script:FbTarget) { Set-FbWmiSilence -ErrorRecord $_ -WhatIf:$false }
        throw
    }
}
