function Clear-FbShield {
    <#
    .SYNOPSIS
    Removes timers, script and record of a shield that has been reverted.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Id)
    if (-not $PSCmdlet.ShouldProcess($Id, 'remove timers and record')) { return }
    Unregister-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm)
    # A target has no timer of this kind.
    if (-not (Get-FbTarget)) { Unregister-FbTask -Name (Get-FbShieldTask -Id $Id -Timer ttl) }
    try { Remove-FbFile -Path (Get-FbShieldFolder -Id $Id) -Recurse } catch { $null = $_ }
    $null = Remove-FbRegistryKey -Path (Get-FbShieldKey -Id $Id)
}
