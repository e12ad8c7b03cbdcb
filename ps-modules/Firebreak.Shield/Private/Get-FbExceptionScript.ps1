function Get-FbExceptionScript {
    <#
    .SYNOPSIS
    Text of the .cmd file that takes a shield by exceptions down blindly on a host without PowerShell.
    .DESCRIPTION
    Last changed first: the firewall is off again before the exceptions that it was turned on with go.
    .PARAMETER Change
    Texts of profile, item, prior and wanted, by tabulators.
    .PARAMETER ServiceStart
    What the service is set to when it was not running before; empty: it keeps running.
    #>
    [CmdletBinding()]
    param([string] $Id, [string[]] $Change, [AllowEmptyString()] [string] $ServiceStart = '')
    $folder = Resolve-FbPath -Path (Get-FbShieldFolder -Id $Id) -Own
    $system = Get-FbSystemFolder
    $lines = @('@echo off', "if exist `"$folder\confirmed`" exit")
    # Before it acts: a controller that comes to confirm just now must not believe that the shield stands.
    $lines += "> `"$folder\reverted`" echo reverted"
    for ($n = $Change.Count - 1; $n -ge 0; $n--) {
        $field = @($Change[$n] -split "`t", 4)
        $back = Get-FbExceptionCommand -ProfileName $field[0] -Item $field[1] -Current $field[3] -Wanted $field[2]
        $lines += ConvertTo-FbCommandLine -FilePath "$system\netsh.exe" -ArgumentList $back
    }
    if ($ServiceStart) {
        $modes = @{ Auto = 'auto'; Manual = 'demand'; Disabled = 'disabled' }
        $lines += ConvertTo-FbCommandLine -FilePath "$system\net.exe" -ArgumentList @('stop', 'SharedAccess', '/y')
        $lines += ConvertTo-FbCommandLine -FilePath "$system\sc.exe" -ArgumentList @('config', 'SharedAccess', 'start=', $modes[$ServiceStart])
    }
    ($lines -join "`r`n") + "`r`n"
}
