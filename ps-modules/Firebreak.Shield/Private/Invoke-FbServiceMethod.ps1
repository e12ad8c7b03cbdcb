function Invoke-FbServiceMethod {
    <#
    .SYNOPSIS
    Calls a method of a service of the target by its WMI, and waits until the service is in the state; fails otherwise.
    #>
    [CmdletBinding()]
    param([string] $Service, [string] $Method, [hashtable] $Argument = @{}, [string] $Until = '')
    $instance = @(Get-FbWmi -Class Win32_Service -Filter "Name='$Service'")
    $code = [int] (Invoke-FbWmiMethod -InputObject $instance[0] -Name $Method -Argument $Argument).ReturnValue
    # 5: it is stopped already; 10: it runs already
    $said = "$Method of the service $Service ended with $code"
    if (@(0, 5, 10) -contains $code) {
        for ($try = 0; $try -lt 60; $try++) {
            if (-not $Until -or (Get-FbPolicyAgent).State -eq $Until) { return }
            Start-Sleep -Milliseconds 500
        }
        $said = "the service $Service is not $Until after 30 seconds"
    }
    $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_SHIELD_REFUSED' -Message $said))
}
