function Clear-FbShield {
    <#
    .SYNOPSIS
    Removes timers, script and record of a shield that has been reverted.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Id)
    if (-not $PSCmdlet.ShouldProcess($Id, 'remove timers and record')) { return }
    Unregister-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm)
    Unregister-FbTask -Name (Get-FbShieldTask -Id $Id -Timer ttl)
    $folder = Get-FbShieldFolder -Id $Id
    if (Test-Path -LiteralPath $folder) { Remove-Item -LiteralPath $folder -Recurse -Force -ErrorAction SilentlyContinue }
    $null = Remove-FbRegistryKey -Path (Get-FbShieldKey -Id $Id)
}
