function Add-FbFirewallRule {
    <#
    .SYNOPSIS
    Makes one inbound rule of a shield: by New-NetFirewallRule where it is, else by netsh.
    .PARAMETER Name
    firebreak-id-tcp; the display name is that of the shield for all its rules.
    .PARAMETER Port
    Empty = any.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [string] $Id, [string] $Name, [ValidateSet('Block', 'Allow')] [string] $Action, [string] $Protocol, [int[]] $Port = @(), [string[]] $Remote = @()
    )
    $shown = "Firebreak-$Id"
    if (-not $PSCmdlet.ShouldProcess($Name, "$Action $Protocol")) { return }
    $why = 'Firebreak shield, temporary; firebreak shields revert takes it down'
    if (-not (Get-FbTarget) -and (Get-Command -Name New-NetFirewallRule -ErrorAction SilentlyContinue)) {
        $parameters = @{
            Name = $Name; DisplayName = $shown; Group = $shown; Description = $why; Direction = 'Inbound'; Action = $Action
            Protocol = $Protocol; RemoteAddress = $Remote; ErrorAction = 'Stop'
        }
        if ($Port.Count -gt 0) { $parameters.LocalPort = @($Port | ForEach-Object { "$_" }) }
        $null = New-NetFirewallRule @parameters
        return
    }
    $command = @('advfirewall', 'firewall', 'add', 'rule', "name=$shown", 'dir=in', "action=$($Action.ToLower())", "protocol=$Protocol", "remoteip=$($Remote -join ',')", "description=$why")
    if ($Port.Count -gt 0) { $command += "localport=$($Port -join ',')" }
    Invoke-FbFirewallCommand -Command $command
}
