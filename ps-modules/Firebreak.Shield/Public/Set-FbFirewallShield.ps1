function Set-FbFirewallShield {
    <#
    .SYNOPSIS
    Puts a port shield up by rules of Windows Firewall: Changed, Applied, Errors.
    .DESCRIPTION
    A rule that blocks beats every rule that allows, so the exempt addresses are a hole in what it is about. The record and the
    timers come first, so that the host can revert by itself whatever happens next. Doing it again changes nothing that stands.
    .PARAMETER Remote
    Everybody but the exempt addresses, as addresses and ranges.
    .PARAMETER Exempt
    Those that are let in by a rule of their own where a profile is turned on.
    .PARAMETER TurnOn
    Profiles that are off and are turned on while the shield stands: Domain, Private, Public.
    .PARAMETER Floor
    build.revision from which on the host may take the shield down by itself.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [AllowEmptyCollection()] [int[]] $Tcp = @(),
        [AllowEmptyCollection()] [int[]] $Udp = @(),
        [Parameter(Mandatory = $true)] [string[]] $Remote,
        [AllowEmptyCollection()] [string[]] $Exempt = @(),
        [AllowEmptyCollection()] [string[]] $TurnOn = @(),
        [ValidateRange(10, 86400)] [int] $ConfirmSeconds = 300,
        [int] $TtlSeconds = 0,
        [AllowEmptyCollection()] [string[]] $Floor = @()
    )
    $name = "Firebreak-$Id"
    $result = @{ Changed = $false; Applied = $false; Errors = @() }
    $before = Get-FbFirewallShield -Id $Id
    if ($before.Kind -ne 'rules') { $result.Errors += 'the host has no firewall that blocks by rules' }
    elseif ($before.Stands -and (Get-FbShieldRecord -Id $Id).Confirmed) { $result.Applied = $true }
    elseif ($PSCmdlet.ShouldProcess($name, 'make firewall rules')) {
        try {
            Set-FbShieldRecord -Id $Id -Record @{ Method = 'firewall'; TurnedOn = ($TurnOn -join ','); Floor = ($Floor -join ' ') }
            $script = ''
            if (Get-FbTarget) { $script = Get-FbFirewallScript -Id $Id -TurnOn $TurnOn }
            Set-FbShieldTimer -Id $Id -ConfirmSeconds $ConfirmSeconds -TtlSeconds $TtlSeconds -TargetScript $script
            $result.Changed = $true
            if (-not $before.Stands) {
                # What an attempt that was cut off has left.
                Remove-FbFirewallRule -Id $Id -Rule @(Select-FbFirewallRule -Id $Id -Rules (Get-FbFirewallStore).Rules -Record @{})
                foreach ($old in @((Get-FbShieldRecord -Id $Id).Keys | Where-Object { $_ -like 'Rule.*' })) {
                    if ($null -ne $old) { $null = Remove-FbRegistryValue -Path (Get-FbShieldKey -Id $Id) -Name $old }
                }
                # Exceptions first: what is cut off half-way never blocks those that have to get in.
                if ($TurnOn.Count -gt 0 -and $Exempt.Count -gt 0) { Add-FbFirewallRule -Id $Id -Name "$name-exempt" -Action Allow -Protocol Any -Remote $Exempt }
                if ($Tcp.Count -gt 0) { Add-FbFirewallRule -Id $Id -Name "$name-tcp" -Action Block -Protocol TCP -Port $Tcp -Remote $Remote }
                if ($Udp.Count -gt 0) { Add-FbFirewallRule -Id $Id -Name "$name-udp" -Action Block -Protocol UDP -Port $Udp -Remote $Remote }
                # As Windows has written them: whatever differs later was changed by somebody else.
                foreach ($rule in @(Select-FbFirewallRule -Id $Id -Rules (Get-FbFirewallStore).Rules -Record @{})) {
                    $null = Set-FbRegistryValue -Path (Get-FbShieldKey -Id $Id) -Name "Rule.$($rule.Name)" -Type String -Value $rule.Text
                }
                foreach ($off in $TurnOn) { Invoke-FbFirewallCommand -Command @('advfirewall', 'set', "$($off.ToLower())profile", 'state', 'on') }
            }
        }
        catch { $result.Errors += $_.Exception.Message }
        $result.Applied = (Get-FbFirewallShield -Id $Id).Stands
    }
    New-Object -TypeName PSObject -Property $result
}
