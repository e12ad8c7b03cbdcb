function Get-FbIpsecShield {
    <#
    .SYNOPSIS
    The IPsec side of the host, and whether the shield of this id stands.
    .PARAMETER Survey
    Also what only a shield that is to go up needs to know: Snapshot of the policies, Weakness of the assigned one.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id, [switch] $Survey)
    $assigned = Get-FbIpsecAssignment
    $agent = Get-FbPolicyAgent
    $exempt = Get-FbIpsecExemption
    $tool = Get-FbIpsecTool
    $record = Get-FbShieldRecord -Id $Id
    $snapshot = ''
    $weakness = ''
    if ($Survey) {
        $snapshot = Get-FbIpsecSnapshot
        $weakness = Get-FbIpsecWeakness -Path ([string] $assigned.Path)
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
        NoDefaultExempt = $exempt.Value
        # What a shield writes there, $null where it may stay.
        ExemptWanted    = $exempt.Wanted
        Tool            = $tool.Name
        ToolMissing     = $tool.Missing
        ToolFolder      = "$(Get-FbDataFolder)\tools"
        # A host without PowerShell: it has the confirm timer only.
        Relayed         = ($null -ne (Get-FbTarget))
        Snapshot        = $snapshot
        Weakness        = $weakness
        ConfirmArmed    = [bool] (Test-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm))
        Expired         = [string] $record.Expired
        Recorded        = [bool] ($record.Count -gt 0)
        Readable        = [bool] $assigned.Readable
    }
}
