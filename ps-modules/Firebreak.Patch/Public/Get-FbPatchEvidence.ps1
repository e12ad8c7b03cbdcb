function Get-FbPatchEvidence {
    <#
    .SYNOPSIS
    What the host shows of one patch, source by source, without any judgement. $null = could not be read.
    .PARAMETER Kb
    Updates to look for: KB4551762.
    .PARAMETER Key
    Registry keys that an installer leaves.
    .PARAMETER File
    Files whose version tells, with %SystemRoot% and the like unexpanded.
    #>
    [CmdletBinding()]
    param(
        [AllowEmptyCollection()] [string[]] $Kb = @(),
        [AllowEmptyCollection()] [string[]] $Key = @(),
        [AllowEmptyCollection()] [string[]] $File = @()
    )
    $version = 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $build = (Get-FbRegistryValue -Path $version -Name 'CurrentBuildNumber').Value
    $revision = (Get-FbRegistryValue -Path $version -Name 'UBR').Value
    $packages = Get-FbServicingPackage -Kb $Kb
    $fixes = Get-FbQuickFix -Kb $Kb
    $updates = @()
    foreach ($name in $Kb) {
        $updates += New-Object -TypeName PSObject -Property @{
            Kb        = $name
            Servicing = $packages.Updates[$name]
            QuickFix  = $fixes[$name]
        }
    }
    $keys = @()
    foreach ($path in $Key) {
        $found = Get-FbRegistryName -Path $path
        $present = $null
        if ($found.Readable) { $present = [bool] $found.KeyPresent }
        $keys += New-Object -TypeName PSObject -Property @{ Key = $path; Present = $present }
    }
    $files = @()
    foreach ($path in $File) { $files += Get-FbFileVersion -Path $path }
    $pending = Get-FbPendingReboot
    $reasons = $null
    if ($pending.Readable) { $reasons = @($pending.Reasons) }
    $boot = $null
    try { $boot = ConvertTo-FbTime -Value (Get-FbWmi -Class Win32_OperatingSystem).LastBootUpTime } catch { $boot = $null }
    $result = @{
        Build         = $null
        Ubr           = $null
        Architecture  = Get-FbArchitecture
        Updates       = $updates
        Rollups       = $packages.Rollups
        Files         = $files
        Keys          = $keys
        PendingReboot = $reasons
        BootTime      = $boot
    }
    if ("$build" -match '^\d+$') { $result.Build = [int] "$build" }
    if ("$revision" -match '^\d+$') { $result.Ubr = [int] "$revision" }
    New-Object -TypeName PSObject -Property $result
}
