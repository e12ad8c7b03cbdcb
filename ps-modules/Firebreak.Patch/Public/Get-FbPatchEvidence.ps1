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
    .PARAMETER Service
    Services that may be installed.
    .PARAMETER Value
    Registry values, key and name.
    #>
    [CmdletBinding()]
    param(
        [AllowEmptyCollection()] [string[]] $Kb = @(),
        [AllowEmptyCollection()] [string[]] $Key = @(),
        [AllowEmptyCollection()] [string[]] $File = @(),
        [AllowEmptyCollection()] [string[]] $Service = @(),
        [AllowEmptyCollection()] [string[]] $Value = @()
    )
    $system = Get-FbSystemVersion
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
    if ($File.Count -gt 0) {
        $renames = Get-FbFileRename
        foreach ($path in $File) { $files += Get-FbFileVersion -Path $path -Rename $renames.Entries }
    }
    $services = @()
    foreach ($name in $Service) {
        $exists = $null
        try { $exists = [bool] (Get-FbService -Name $name -NoState).Exists } catch { $exists = $null }
        $services += New-Object -TypeName PSObject -Property @{ Name = $name; Exists = $exists }
    }
    $values = @()
    foreach ($path in $Value) { $values += Get-FbSetting -Path $path }
    $pending = Get-FbPendingReboot
    $reasons = $null
    if ($pending.Readable) { $reasons = @($pending.Reasons) }
    $boot = $null
    try { $boot = (Get-FbBootTime).Time } catch { $boot = $null }
    $architecture = Get-FbArchitecture
    New-Object -TypeName PSObject -Property @{
        Build         = $system.Build
        Ubr           = $system.Ubr
        Architecture  = $architecture
        System        = New-Object -TypeName PSObject -Property @{
            Version        = $system.Version
            ServicePack    = $system.ServicePack
            Product        = $system.Product
            TerminalServer = $system.TerminalServer
            Architecture   = $architecture
        }
        Updates       = $updates
        Rollups       = $packages.Rollups
        Files         = $files
        Keys          = $keys
        Services      = $services
        Values        = $values
        PendingReboot = $reasons
        BootTime      = $boot
    }
}
