function Set-FbShieldTimer {
    <#
    .SYNOPSIS
    Arms both timers of a shield on the host, before it goes up.
    .PARAMETER TtlSeconds
    0 = until patched: the host looks again after 1, 2, 4, 7, 14 and 30 days.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Id, [int] $ConfirmSeconds, [int] $TtlSeconds)
    if (-not $PSCmdlet.ShouldProcess($Id, 'arm timers')) { return }
    # A shield that goes up again has to be confirmed again.
    foreach ($name in @('Confirmed', 'Expired')) { $null = Remove-FbRegistryValue -Path (Get-FbShieldKey -Id $Id) -Name $name }
    $folder = Get-FbShieldFolder -Id $Id
    New-FbFolder -Path $folder
    $script = Join-Path -Path $folder -ChildPath 'timer.ps1'
    Set-FbText -Path $script -Text (Get-FbTimerScript)
    $now = (Get-FbTime)
    $times = @()
    if ($TtlSeconds -gt 0) { $times += $now.AddSeconds($TtlSeconds) }
    else {
        foreach ($days in @(1, 2, 4, 7, 14, 30)) { $times += $now.AddDays($days) }
    }
    Register-FbTask -Name (Get-FbShieldTask -Id $Id -Timer ttl) -ScriptPath $script -Argument "$Id ttl" -At $times
    Register-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm) -ScriptPath $script -Argument "$Id confirm" -At @($now.AddSeconds($ConfirmSeconds))
}
