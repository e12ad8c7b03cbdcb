function Set-FbPolicyAgent {
    <#
    .SYNOPSIS
    Brings the IPsec policy agent into a state and start mode, changing only what differs.
    .PARAMETER Anew
    A running agent is restarted: it reads NoDefaultExempt when it starts.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $State, [string] $Start, [switch] $Anew)
    $agent = Get-FbPolicyAgent
    $modes = @{ Auto = 'Automatic'; Manual = 'Manual'; Disabled = 'Disabled' }
    if (-not $PSCmdlet.ShouldProcess('PolicyAgent', "$State, $Start")) { return }
    $isTarget = $null -ne (Get-FbTarget)
    # A disabled service cannot be started: so the mode comes first on the way up, last on the way down.
    if (($State -eq 'Stopped' -or $Anew) -and $agent.State -ne 'Stopped') {
        if ($isTarget) { Invoke-FbServiceMethod -Service PolicyAgent -Method StopService -Until Stopped }
        else { Stop-Service -Name PolicyAgent -Force -ErrorAction Stop }
        $agent.State = 'Stopped'
    }
    if ($modes.ContainsKey($Start) -and $agent.Start -ne $Start) {
        if ($isTarget) { Invoke-FbServiceMethod -Service PolicyAgent -Method ChangeStartMode -Argument @{ StartMode = $modes[$Start] } }
        else { Set-Service -Name PolicyAgent -StartupType $modes[$Start] -ErrorAction Stop }
    }
    if ($State -eq 'Running' -and $agent.State -ne 'Running') {
        if ($isTarget) { Invoke-FbServiceMethod -Service PolicyAgent -Method StartService -Until Running }
        else { Start-Service -Name PolicyAgent -ErrorAction Stop }
    }
}
