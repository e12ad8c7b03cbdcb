function Find-FbProduct {
    <#
    .SYNOPSIS
    What is known of a product of the Windows Installer, or of a patch of it, as Get-FbRemoval gives it.
    .DESCRIPTION
    A product is listed in the registry view of its own kind. Patches are listed below codes whose digits the Windows
    Installer turns round in groups; State 1 is applied, 2 superseded, 4 obsolete.
    #>
    [CmdletBinding()]
    param([string] $Product, [string] $Patch)
    $installed = $false
    $readable = $true
    if ($Patch) {
        $key = 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UserData\S-1-5-18\Products\{0}\Patches\{1}' -f (ConvertTo-FbPackedCode -Code $Product), (ConvertTo-FbPackedCode -Code $Patch)
        $state = Get-FbRegistryValue -Path $key -Name 'State'
        $readable = $state.Readable
        $installed = $state.Present -and $state.Value -eq 1
    }
    else {
        foreach ($root in @('HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall', 'HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Uninstall')) {
            $value = Get-FbRegistryValue -Path "$root\$Product" -Name 'WindowsInstaller'
            if (-not $value.Readable) { $readable = $false }
            if ($value.Present -and $value.Value -eq 1) { $installed = $true }
        }
    }
    if (-not $installed -and -not $readable) { return @{ Installed = $null; Reason = 'the list of products could not be read' } }
    $engine = 'msi-remove'
    $subject = $Product
    if ($Patch) {
        $engine = 'msp-remove'
        $subject = "$Product|$Patch"
    }
    @{ Installed = [bool] $installed; Engine = $engine; Subject = $subject }
}
