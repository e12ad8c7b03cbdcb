function Get-FbRevertScript {
    <#
    .SYNOPSIS
    Text of the .cmd file that takes an IPsec shield down blindly on a host without PowerShell.
    .DESCRIPTION
    It only makes way: our policy is no longer assigned, the one from before is. Everything else that the shield has
    changed lies in its record and goes back when a controller reverts.
    #>
    [CmdletBinding()]
    param([string] $Id, [object] $Tool, [string] $PriorName)
    $folder = Resolve-FbPath -Path (Get-FbShieldFolder -Id $Id) -Own
    $program = $Tool.Path
    $prefix = @()
    if ($Tool.Name -eq 'netsh') {
        $program = '{0}\netsh.exe' -f (Get-FbSystemFolder)
        $prefix = @('ipsec', 'static')
    }
    $lines = @('@echo off', "if exist `"$folder\confirmed`" exit")
    # Before it acts: a controller that comes to confirm just now must not believe that the shield stands.
    $lines += "> `"$folder\reverted`" echo reverted"
    $lines += ConvertTo-FbCommandLine -FilePath $program -ArgumentList ($prefix + (Get-FbIpsecCommand -Tool $Tool -Name "Firebreak-$Id" -Assigned $false))
    if ($PriorName) { $lines += ConvertTo-FbCommandLine -FilePath $program -ArgumentList ($prefix + (Get-FbIpsecCommand -Tool $Tool -Name $PriorName -Assigned $true)) }
    ($lines -join "`r`n") + "`r`n"
}
