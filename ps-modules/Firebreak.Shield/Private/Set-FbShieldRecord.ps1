function Set-FbShieldRecord {
    <#
    .SYNOPSIS
    Writes a shield down on the host, so that its timers need nobody to revert it. Existing values are kept.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Id, [hashtable] $Record)
    $key = Get-FbShieldKey -Id $Id
    if (-not $PSCmdlet.ShouldProcess($key, 'write')) { return }
    foreach ($name in @($Record.Keys)) {
        # What was found first is the truth: a second attempt finds the shield itself.
        if ((Get-FbRegistryValue -Path $key -Name $name).Present) { continue }
        $null = Set-FbRegistryValue -Path $key -Name $name -Type String -Value ([string] $Record[$name])
    }
}
