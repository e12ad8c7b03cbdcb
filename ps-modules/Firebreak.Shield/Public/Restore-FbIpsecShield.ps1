function Restore-FbIpsecShield {
    <#
    .SYNOPSIS
    Takes a port shield down: Changed, Restored, Conflict, Current, StoreSame, Errors.
    .DESCRIPTION
    Only what is still ours: our policy is assigned, so the one before (or none) is assigned again. If somebody has
    assigned another meanwhile, nothing is touched and Conflict says so. A second call finds everything restored.
    .PARAMETER Snapshot
    Of the policies before the shield: StoreSame says whether they are the same again; $null without one.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [AllowEmptyString()] [string] $PriorName = '',
        [AllowEmptyString()] [string] $PriorPath = '',
        [AllowEmptyString()] [string] $AgentState = '',
        [AllowEmptyString()] [string] $AgentStart = '',
        [AllowEmptyString()] [string] $Snapshot = ''
    )
    $name = "Firebreak-$Id"
    $result = @{ Changed = $false; Restored = $false; Conflict = $false; Current = ''; StoreSame = $null; Errors = @() }
    $now = Get-FbIpsecAssignment
    $result.Current = $(if ($now.Name) { "IPsec policy `"$($now.Name)`" assigned" } else { 'no IPsec policy assigned' })
    $record = Get-FbShieldRecord -Id $Id
    # A target's own timer has taken the assignment away, and may not have got further.
    $blind = -not $now.Name -and $record.Count -gt 0 -and $null -ne (Get-FbText -Path "$(Get-FbShieldFolder -Id $Id)\reverted")
    $ours = $now.Name -eq $name -or $blind
    $priorThere = (-not $PriorName) -or (@($now.Policies.Values) -contains $PriorName)
    $tool = Get-FbIpsecTool
    if (-not $now.Readable) { $result.Errors += 'the IPsec policy could not be read' }
    elseif (-not $ours -and [string] $now.Name -ne $PriorName) { $result.Conflict = $true }
    elseif ($ours -and -not $priorThere) {
        $result.Conflict = $true
        $result.Current += ", and the policy `"$PriorName`" that was assigned before is gone"
    }
    elseif ($tool.Missing -and $record.Count -gt 0) { $result.Errors += $tool.Missing }
    else {
        $left = @($now.Policies.Values) -contains $name
        if (($left -or $record.Count -gt 0) -and $PSCmdlet.ShouldProcess($name, 'remove IPsec policy')) {
            try {
                if ($ours -and $PriorName) { Invoke-FbIpsecCommand -Tool $tool -Command (Get-FbIpsecCommand -Tool $tool -Name $PriorName -Assigned $true) }
                elseif ($ours -and -not $blind) { Invoke-FbIpsecCommand -Tool $tool -Command (Get-FbIpsecCommand -Tool $tool -Name $name -Assigned $false) }
                Remove-FbIpsecObject -Tool $tool -Name $name
                Remove-FbMadePolicyKey -Path ([string] $record.MadeKey)
                # We started it or made it automatic: only a state that is still so goes back.
                $agent = Get-FbPolicyAgent
                $anew = Restore-FbIpsecExemption -Record $record
                if ($AgentStart -and $agent.Start -eq 'Auto') {
                    $state = $(if ($AgentState -eq 'Stopped') { 'Stopped' } else { 'Running' })
                    Set-FbPolicyAgent -State $state -Start $AgentStart -Anew:$anew
                }
                $result.Changed = $true
            }
            catch { $result.Errors += $_.Exception.Message }
        }
        $after = Get-FbIpsecAssignment
        $result.Current = $(if ($after.Name) { "IPsec policy `"$($after.Name)`" assigned" } else { 'no IPsec policy assigned' })
        $gone = -not (@($after.Policies.Values) -contains $name)
        # The record goes last: while the agent or NoDefaultExempt is not as it was, somebody has to come again.
        $result.Restored = [bool] ($gone -and [string] $after.Name -eq $PriorName -and $result.Errors.Count -eq 0)
        if ($result.Restored -and $Snapshot) { $result.StoreSame = (Get-FbIpsecSnapshot) -eq $Snapshot }
        if ($result.Restored -and ($result.Changed -or $record.Count -gt 0)) { Clear-FbShield -Id $Id }
        elseif (-not $gone -and $result.Errors.Count -eq 0) { $result.Errors += "policy `"$name`" is still there" }
    }
    New-Object -TypeName PSObject -Property $result
}
