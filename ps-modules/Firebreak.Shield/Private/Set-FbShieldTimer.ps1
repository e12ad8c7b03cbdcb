function Set-FbShieldTimer {
    <#
    .SYNOPSIS
    Arms the timers of a shield on the host, before it goes up: both, or on a target that for the confirmation alone.
    .PARAMETER TtlSeconds
    0 = until patched: the host looks again after 1, 2, 4, 7, 14 and 30 days.
    .PARAMETER TargetScript
    What reverts on a target: text of a .cmd file.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Id, [int] $ConfirmSeconds, [int] $TtlSeconds, [string] $TargetScript = '')
    if (-not $PSCmdlet.ShouldProcess($Id, 'arm timers')) { return }
    # A shield that goes up again has to be confirmed again.
    foreach ($name in @('Confirmed', 'Expired', 'Reverting')) { $null = Remove-FbRegistryValue -Path (Get-FbShieldKey -Id $Id) -Name $name }
    $folder = Get-FbShieldFolder -Id $Id
    New-FbFolder -Path $folder
    $now = (Get-FbTime)
    if (Get-FbTarget) {
        if (-not $TargetScript) { $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_SHIELD_REFUSED' -Message 'this shield cannot be reverted by a host without PowerShell')) }
        foreach ($name in @('confirmed', 'reverted')) { Remove-FbFile -Path "$folder\$name" }
        # The shell of such a host reads scripts in its own code page.
        Set-FbText -Path "$folder\revert.cmd" -Text $TargetScript -Encoding Oem
        Register-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm) -ScriptPath "$folder\revert.cmd" -At @($now.AddSeconds($ConfirmSeconds))
        return
    }
    $script = "$folder\timer.ps1"
    Set-FbText -Path $script -Text (Get-FbTimerScript)
    $times = @()
    if ($TtlSeconds -gt 0) { $times += $now.AddSeconds($TtlSeconds) }
    else {
        foreach ($days in @(1, 2, 4, 7, 14, 30)) { $times += $now.AddDays($days) }
    }
    Register-FbTask -Name (Get-FbShieldTask -Id $Id -Timer ttl) -ScriptPath $script -Argument "$Id ttl" -At $times
    Register-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm) -ScriptPath $script -Argument "$Id confirm" -At @($now.AddSeconds($ConfirmSeconds))
}
