function Get-FbSystemVersion {
    <#
    .SYNOPSIS
    Build, revision and what else tells systems apart, from the registry: no text in it is localised.
    .DESCRIPTION
    Windows 95, 98 and Me keep their version elsewhere, as one text.
    #>
    [CmdletBinding()]
    param()
    $result = @{ Build = $null; Ubr = $null; Version = $null; ServicePack = $null; Product = $null; TerminalServer = $null }
    $key = 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $version = Get-FbRegistryValue -Path $key -Name 'CurrentVersion'
    $build = [string] (Get-FbRegistryValue -Path $key -Name 'CurrentBuildNumber').Value
    $revision = [string] (Get-FbRegistryValue -Path $key -Name 'UBR').Value
    $text = [string] $version.Value
    if ($version.Readable -and -not $version.Present -and -not $build) {
        $text = [string] (Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion' -Name 'VersionNumber').Value
        if ($text -match '^\d+\.\d+\.(\d+)') { $build = $Matches[1] }
    }
    if ($build -match '^\d+$') { $result.Build = [int] $build }
    if ($revision -match '^\d+$') { $result.Ubr = [int] $revision }
    if ($text -match '^(\d+)\.(\d+)') { $result.Version = '{0}.{1}' -f $Matches[1], $Matches[2] }
    # 0x100 times the service pack; nothing written where there was never one is not the same as none.
    $pack = Get-FbRegistryValue -Path 'HKLM\SYSTEM\CurrentControlSet\Control\Windows' -Name 'CSDVersion'
    if ($pack.Present -and "$($pack.Value)" -match '^\d+$') { $result.ServicePack = [int] [Math]::Floor(([int] $pack.Value -band 0xFF00) / 0x100) }
    $options = 'HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions'
    $product = [string] (Get-FbRegistryValue -Path $options -Name 'ProductType').Value
    if ($product -eq 'WinNT') { $result.Product = 'workstation' }
    elseif (@('ServerNT', 'LanmanNT') -contains $product) { $result.Product = 'server' }
    $suite = Get-FbRegistryValue -Path $options -Name 'ProductSuite'
    if ($suite.Readable -and $product) { $result.TerminalServer = [bool] (@($suite.Value) -contains 'Terminal Server') }
    $result
}
