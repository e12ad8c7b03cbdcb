function Set-FbIpsecShield {
    <#
    .SYNOPSIS
    Puts a port shield up by an IPsec policy: Changed, Applied, Errors.
    .DESCRIPTION
    The record and both timers come first, so that the host can revert by itself whatever happens next. Doing it again
    changes nothing that stands and arms the timers anew.
    .PARAMETER PriorName
    The policy that was assigned before; empty = none.
    .PARAMETER Floor
    build.revision from which on the host may take the shield down by itself.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [AllowEmptyCollection()] [int[]] $Tcp = @(),
        [AllowEmptyCollection()] [int[]] $Udp = @(),
        [AllowEmptyCollection()] [string[]] $Exempt = @(),
        [AllowEmptyString()] [string] $PriorName = '',
        [AllowEmptyString()] [string] $PriorPath = '',
        [AllowEmptyString()] [string] $AgentState = '',
        [AllowEmptyString()] [string] $AgentStart = '',
        [ValidateRange(10, 86400)] [int] $ConfirmSeconds = 300,
        [int] $TtlSeconds = 0,
        [AllowEmptyCollection()] [string[]] $Floor = @()
    )
    $name = "Firebreak-$Id"
    $result = @{ Changed = $false; Applied = $false; Errors = @() }
    $before = Get-FbIpsecShield -Id $Id
    $tool = Get-FbIpsecTool
    if ($before.GpoAssigned) { $result.Errors += 'a Group Policy assigns the IPsec policy' }
    elseif ($tool.Missing) { $result.Errors += $tool.Missing }
    elseif ($before.Stands -and (Get-FbShieldRecord -Id $Id).Confirmed) { $result.Applied = $true }
    elseif ($PSCmdlet.ShouldProcess($name, 'assign IPsec policy')) {
        try {
            $exemption = Get-FbIpsecExemption
            Set-FbShieldRecord -Id $Id -Record @{
                Method = 'ipsec'; PriorName = $PriorName; PriorPath = $PriorPath
                AgentState = $AgentState; AgentStart = $AgentStart; Floor = ($Floor -join ' ')
                MadeKey = (Get-FbMissingPolicyKey)
            }
            $script = ''
            if (Get-FbTarget) { $script = Get-FbRevertScript -Id $Id -Tool $tool -PriorName $PriorName }
            Set-FbShieldTimer -Id $Id -ConfirmSeconds $ConfirmSeconds -TtlSeconds $TtlSeconds -TargetScript $script
            $result.Changed = $true
            if ($null -ne $exemption.Wanted) {
                Set-FbShieldRecord -Id $Id -Record @{ ExemptPrior = [string] $exemption.Value; ExemptWritten = [string] $exemption.Wanted }
                $null = Set-FbRegistryValue -Path $exemption.Key -Name 'NoDefaultExempt' -Type DWord -Value $exemption.Wanted
            }
            # An attempt that was cut off may have written it and not got as far as the agent.
            $anew = $null -ne $exemption.Wanted -or (-not $before.Stands -and [string] (Get-FbShieldRecord -Id $Id).ExemptWritten)
            # It has to come up again with the system, or the host would be open between boot and patch.
            Set-FbPolicyAgent -State 'Running' -Start 'Auto' -Anew:$anew
            if ($before.AssignedName -ne $name) {
                Remove-FbIpsecObject -Tool $tool -Name $name
                Add-FbIpsecObject -Tool $tool -Name $name -Tcp $Tcp -Udp $Udp -Exempt $Exempt
                Invoke-FbIpsecCommand -Tool $tool -Command (Get-FbIpsecCommand -Tool $tool -Name $name -Assigned $true)
            }
        }
        catch { $result.Errors += $_.Exception.Message }
        $result.Applied = (Get-FbIpsecShield -Id $Id).Stands
    }
    New-Object -TypeName PSObject -Property $result
}
