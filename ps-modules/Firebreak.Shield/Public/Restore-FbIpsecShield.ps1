function Restore-FbIpsecShield {
    <#
    .SYNOPSIS
    Takes a port shield down: Changed, Restored, Conflict, Current, Errors.
    .DESCRIPTION
    Only what is still ours: our policy is assigned, so the one before (or none) is assigned again. If somebody has
    assigned another meanwhile, nothing is touched and Conflict says so. A second call finds everything restored.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [AllowEmptyString()] [string] $PriorName = '',
        [AllowEmptyString()] [string] $PriorPath = '',
        [AllowEmptyString()] [string] $AgentState = '',
        [AllowEmptyString()] [string] $AgentStart = ''
    )
    $name = "Firebreak-$Id"
    $result = @{ Changed = $false; Restored = $false; Conflict = $false; Current = ''; Errors = @() }
    $now = Get-FbIpsecAssignment
    $result.Current = $(if ($now.Name) { "IPsec policy `"$($now.Name)`" assigned" } else { 'no IPsec policy assigned' })
    $ours = $now.Name -eq $name
    $priorThere = (-not $PriorName) -or (@($now.Policies.Values) -contains $PriorName)
    if (-not $now.Readable) { $result.Errors += 'the IPsec policy could not be read' }
    elseif (-not $ours -and [string] $now.Name -ne $PriorName) { $result.Conflict = $true }
    elseif ($ours -and -not $priorThere) {
        $result.Conflict = $true
        $result.Current += ", and the policy `"$PriorName`" that was assigned before is gone"
    }
    else {
        $left = @($now.Policies.Values) -contains $name
        $record = Get-FbShieldRecord -Id $Id
        if (($left -or $record.Count -gt 0) -and $PSCmdlet.ShouldProcess($name, 'remove IPsec policy')) {
            try {
                if ($ours -and $PriorName) { Invoke-FbIpsecCommand -Command @('set', 'policy', "name=$PriorName", 'assign=yes') }
                elseif ($ours) { Invoke-FbIpsecCommand -Command @('set', 'policy', "name=$name", 'assign=no') }
                Remove-FbIpsecObject -Name $name
                Remove-FbMadePolicyKey -Path ([string] $record.MadeKey)
                # We started it or made it automatic: only a state that is still so goes back.
                $agent = Get-FbPolicyAgent
                if ($AgentStart -and $agent.Start -eq 'Auto') {
                    $state = $(if ($AgentState -eq 'Stopped') { 'Stopped' } else { 'Running' })
                    Set-FbPolicyAgent -State $state -Start $AgentStart
                }
                $result.Changed = $true
            }
            catch { $result.Errors += $_.Exception.Message }
        }
        $after = Get-FbIpsecAssignment
        $result.Current = $(if ($after.Name) { "IPsec policy `"$($after.Name)`" assigned" } else { 'no IPsec policy assigned' })
        $gone = -not (@($after.Policies.Values) -contains $name)
        $result.Restored = $gone -and [string] $after.Name -eq $PriorName
        if ($result.Restored -and ($result.Changed -or $record.Count -gt 0)) { Clear-FbShield -Id $Id }
        elseif (-not $gone -and $result.Errors.Count -eq 0) { $result.Errors += "policy `"$name`" is still there" }
    }
    New-Object -TypeName PSObject -Property $result
}
