function Get-FbIpsecShield {
    <#
    .SYNOPSIS
    The IPsec side of the host, and whether the shield of this id stands.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id)
    $assigned = Get-FbIpsecAssignment
    $agent = Get-FbPolicyAgent
    $exempt = $null
    # XP and 2003 keep it under IPSEC, later systems under PolicyAgent.
    foreach ($service in @('IPSEC', 'PolicyAgent')) {
        $found = Get-FbRegistryValue -Path "HKLM\SYSTEM\CurrentControlSet\Services\$service" -Name 'NoDefaultExempt'
        if ($found.Present) { $exempt = [int] $found.Value }
    }
    New-Object -TypeName PSObject -Property @{
        Stands          = ($assigned.Name -eq "Firebreak-$Id" -and $agent.State -eq 'Running' -and -not $assigned.GpoAssigned)
        AssignedName    = $assigned.Name
        AssignedPath    = $assigned.Path
        GpoAssigned     = $assigned.GpoAssigned
        GpoName         = $assigned.GpoName
        AgentExists     = $agent.Exists
        AgentState      = $agent.State
        AgentStart      = $agent.Start
        NoDefaultExempt = $exempt
        ConfirmArmed    = [bool] (Test-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm))
        Expired         = [string] (Get-FbShieldRecord -Id $Id).Expired
        Readable        = [bool] $assigned.Readable
    }
}
