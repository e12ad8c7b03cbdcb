function Set-FbPolicyAgent {
    <#
    .SYNOPSIS
    Brings the IPsec policy agent into a state and start mode, changing only what differs.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $State, [string] $Start)
    $agent = Get-FbPolicyAgent
    $modes = @{ Auto = 'Automatic'; Manual = 'Manual'; Disabled = 'Disabled' }
    if (-not $PSCmdlet.ShouldProcess('PolicyAgent', "$State, $Start")) { return }
    # A disabled service cannot be started: so the mode comes first on the way up, last on the way down.
    if ($State -eq 'Stopped' -and $agent.State -ne 'Stopped') { Stop-Service -Name PolicyAgent -Force -ErrorAction Stop }
    if ($modes.ContainsKey($Start) -and $agent.Start -ne $Start) {
        Set-Service -Name PolicyAgent -StartupType $modes[$Start] -ErrorAction Stop
    }
    if ($State -eq 'Running' -and $agent.State -ne 'Running') { Start-Service -Name PolicyAgent -ErrorAction Stop }
}
