function Get-FbPolicyAgent {
    <#
    .SYNOPSIS
    The IPsec policy agent: Exists, State (Running, Stopped ...), Start (Auto, Manual, Disabled).
    #>
    [CmdletBinding()]
    param()
    $agent = @(Get-FbWmi -Class Win32_Service -Filter "Name='PolicyAgent'")
    $result = @{ Exists = $false; State = $null; Start = $null }
    if ($agent.Count -gt 0) {
        $result.Exists = $true
        $result.State = [string] $agent[0].State
        $result.Start = [string] $agent[0].StartMode
    }
    New-Object -TypeName PSObject -Property $result
}
