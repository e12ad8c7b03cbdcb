function Set-FbException {
    <#
    .SYNOPSIS
    Writes one setting of a profile into the registry, in exactly this form; the firewall itself is told by netsh.
    .PARAMETER Text
    As Get-FbException gives it; empty = the setting goes away.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $ProfileName, [string] $Item, [AllowEmptyString()] [string] $Text)
    if (-not $PSCmdlet.ShouldProcess("$ProfileName $Item", 'write')) { return }
    $key = Get-FbExceptionKey -ProfileName $ProfileName
    if ($Item -eq 'Firewall') {
        if ($Text) { $null = Set-FbRegistryValue -Path $key -Name 'EnableFirewall' -Type DWord -Value ([int] ($Text -eq 'On')) }
        else { $null = Remove-FbRegistryValue -Path $key -Name 'EnableFirewall' }
    }
    elseif ($Item -eq 'RemoteAdmin') {
        $key = "$key\RemoteAdminSettings"
        if ($Text) {
            $null = Set-FbRegistryValue -Path $key -Name 'Enabled' -Type DWord -Value ([int] ($Text -like 'Enabled:*'))
            $null = Set-FbRegistryValue -Path $key -Name 'RemoteAddresses' -Type String -Value ($Text -replace '^[^:]*:', '')
        }
        else { $null = Remove-FbRegistryKey -Path $key }
    }
    elseif ($Text) { $null = Set-FbRegistryValue -Path "$key\GloballyOpenPorts\List" -Name $Item -Type String -Value $Text }
    else { $null = Remove-FbRegistryValue -Path "$key\GloballyOpenPorts\List" -Name $Item }
}
