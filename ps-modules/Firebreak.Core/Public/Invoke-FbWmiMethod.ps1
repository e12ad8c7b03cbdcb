function Invoke-FbWmiMethod {
    <#
    .SYNOPSIS
    Calls a method of a WMI class, or of an instance that Get-FbWmi gave; its result with ReturnValue.
    .PARAMETER Argument
    By the names of the method's parameters; those that are left out have to be the last in the alphabet.
    #>
    [CmdletBinding()]
    param(
        [string] $Class = '',
        [Parameter(Mandatory = $true)] [string] $Name,
        [hashtable] $Argument = @{},
        [string] $Namespace = 'root\cimv2',
        [AllowNull()] [object] $InputObject = $null
    )
    # A caller that only says what it would do has asked before it calls.
    $parameters = @{ ErrorAction = 'Stop'; WhatIf = $false; Confirm = $false }
    if (Get-Command -Name Get-WmiObject -CommandType Cmdlet -ErrorAction SilentlyContinue) {
        # It takes arguments by place, in the alphabetical order of the parameters' names.
        $list = @()
        foreach ($key in @($Argument.Keys | Sort-Object)) { $list += , $Argument[$key] }
        if ($list.Count -gt 0) { $parameters.ArgumentList = $list }
        if ($null -ne $InputObject) { return Invoke-WmiMethod -InputObject $InputObject -Name $Name @parameters }
        if ($script:FbTarget) { $parameters += Get-FbWmiComputer }
        try { return Invoke-WmiMethod -Class $Class -Namespace $Namespace -Name $Name @parameters }
        catch {
            if ($script:FbTarget) { Set-FbWmiSilence -ErrorRecord $_ -WhatIf:$false }
            throw
        }
    }
    if ($Argument.Count -gt 0) { $parameters.Arguments = $Argument }
    $parameters.MethodName = $Name
    if ($null -ne $InputObject) { return Invoke-CimMethod -InputObject $InputObject @parameters }
    if ($script:FbTarget) { $parameters += Get-FbWmiComputer }
    try { Invoke-CimMethod -ClassName $Class -Namespace $Namespace @parameters }
    catch {
        if ($script:FbTarget) { Set-FbWmiSilence -ErrorRecord $_ -WhatIf:$false }
        throw
    }
}
