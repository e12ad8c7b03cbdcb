function Find-FbUninstaller {
    <#
    .SYNOPSIS
    What is known of an update of Windows before Vista, as Get-FbRemoval gives it; nothing where there is no trace of one.
    .DESCRIPTION
    Its program in $NtUninstallKB824146$ stays until the restart that completes a removal; its keys go at once.
    #>
    [CmdletBinding()]
    param([string] $Kb)
    $names = @($Kb, ($Kb -replace '^KB', 'Q'))
    $shown = $false
    $readable = $true
    foreach ($name in $names) {
        foreach ($key in @("HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\HotFix\$name", "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\$name")) {
            $values = Get-FbRegistryName -Path $key
            if (-not $values.Readable) { $readable = $false }
            if ($values.KeyPresent) { $shown = $true }
        }
    }
    $windows = Resolve-FbPath -Path '%SystemRoot%' -Own
    foreach ($name in $names) {
        $folder = '{0}\$NtUninstall{1}$' -f $windows, $name
        $programs = @{ spuninst = "$folder\spuninst\spuninst.exe"; 'hotfix-remove' = "$folder\hotfix.exe" }
        foreach ($engine in @('spuninst', 'hotfix-remove')) {
            if (-not (Test-FbFile -Path $programs[$engine] -PathType Leaf)) { continue }
            if ($shown) { return @{ Installed = $true; Engine = $engine; Subject = $programs[$engine] } }
            if (-not $readable) { return @{ Installed = $null; Reason = 'the keys of installed updates could not be read' } }
            return @{ Installed = $false; Pending = 'remove' }
        }
    }
    if ($shown) { return @{ Installed = $true; Reason = "it was installed without the files that a removal needs (no $windows\`$NtUninstall$Kb`$)" } }
}
