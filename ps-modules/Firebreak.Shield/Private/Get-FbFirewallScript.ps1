function Get-FbFirewallScript {
    <#
    .SYNOPSIS
    Text of the .cmd file that takes a firewall shield down blindly on a host without PowerShell.
    #>
    [CmdletBinding()]
    param([string] $Id, [AllowEmptyCollection()] [string[]] $TurnOn = @())
    $folder = Resolve-FbPath -Path (Get-FbShieldFolder -Id $Id) -Own
    $program = '{0}\netsh.exe' -f (Get-FbSystemFolder)
    $lines = @('@echo off', "if exist `"$folder\confirmed`" exit")
    # Before it acts: a controller that comes to confirm just now must not believe that the shield stands.
    $lines += "> `"$folder\reverted`" echo reverted"
    foreach ($name in $TurnOn) { $lines += ConvertTo-FbCommandLine -FilePath $program -ArgumentList @('advfirewall', 'set', "$($name.ToLower())profile", 'state', 'off') }
    $lines += ConvertTo-FbCommandLine -FilePath $program -ArgumentList @('advfirewall', 'firewall', 'delete', 'rule', "name=Firebreak-$Id")
    ($lines -join "`r`n") + "`r`n"
}
