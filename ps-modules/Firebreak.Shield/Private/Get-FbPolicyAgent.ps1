function Get-FbPolicyAgent {
    <#
    .SYNOPSIS
    The IPsec policy agent: Exists, State (Running, Stopped ...), Start (Auto, Manual, Disabled).
    #>
    [CmdletBinding()]
    param()
    $result = @{ Exists = $false; State = $null; Start = $null }
    # NT 4.0 has neither the service nor, as a rule, a WMI that could say so.
    if (-not (Get-FbTarget) -or (Get-FbRegistryName -Path 'HKLM\SYSTEM\CurrentControlSet\Services\PolicyAgent').KeyPresent) {
        $agent = @(Get-FbWmi -Class Win32_Service -Filter "Name='PolicyAgent'")
        if ($agent.Count -gt 0) {
            $result.Exists = $true
            $result.State = [string] $agent[0].State
            $result.Start = [string] $agent[0].StartMode
        }
    }
    New-Object -TypeName PSObject -Property $result
}
