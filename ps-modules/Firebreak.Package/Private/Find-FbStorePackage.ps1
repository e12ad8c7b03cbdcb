function Find-FbStorePackage {
    <#
    .SYNOPSIS
    What the component store (Vista and later) knows of an update, as Get-FbRemoval gives it.
    .DESCRIPTION
    States: 112 installed, 96 waits for a restart, 5 on its way out, 80 superseded by a later update.
    #>
    [CmdletBinding()]
    param([string] $Kb, [switch] $Wusa)
    $root = 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages'
    $list = Get-FbRegistryName -Path $root
    if (-not $list.Readable) { return @{ Installed = $null; Reason = 'the component store could not be read' } }
    # No such list: a system before Vista, on which nothing of this update was found.
    if (-not $list.KeyPresent) { return @{ Installed = $false } }
    $system = Get-FbSystemFolder
    $windows = Resolve-FbPath -Path '%SystemRoot%' -Own
    $number = $Kb.Substring(2)
    $states = @{}
    foreach ($package in $list.SubKeys) {
        $isIt = $package -match "^Package_for_$Kb~"
        if (-not $isIt -and $package -match '^Package_for_RollupFix~') {
            $manifest = [string] (Get-FbText -Path "$windows\servicing\Packages\$package.mum")
            $isIt = $manifest -match "<package\s[^>]*identifier=`"$Kb`""
        }
        if (-not $isIt) { continue }
        $state = (Get-FbRegistryValue -Path "$root\$package" -Name 'CurrentState').Value
        if ($null -eq $state) { return @{ Installed = $null; Reason = "the state of $package could not be read" } }
        $states[[int] $state] = $package
    }
    if ($states.ContainsKey(96)) { return @{ Installed = $true; Pending = 'install'; Reason = 'its installation waits for a restart' } }
    if ($states.ContainsKey(112)) {
        if (-not $Wusa -and (Test-FbFile -Path "$system\dism.exe" -PathType Leaf)) { return @{ Installed = $true; Engine = 'dism-remove'; Subject = $states[112] } }
        if (Test-FbFile -Path "$system\dism.exe" -PathType Leaf) { return @{ Installed = $true; Engine = 'wusa-remove'; Subject = $number } }
        return @{ Installed = $true; Reason = 'neither dism.exe nor a wusa.exe that removes is part of this system (they came with Windows 7); remove it with pkgmgr.exe' }
    }
    if ($states.ContainsKey(5)) { return @{ Installed = $false; Pending = 'remove' } }
    if ($states.ContainsKey(80)) { return @{ Installed = $false; Reason = 'a later update has superseded it' } }
    # The store may know it under a name that does not tell its number.
    try {
        foreach ($update in @(Get-FbWmi -Class Win32_QuickFixEngineering -Filter "HotFixID='$Kb'")) {
            if ($null -ne $update) { return @{ Installed = $true; Engine = 'wusa-remove'; Subject = $number } }
        }
    }
    catch { return @{ Installed = $null; Reason = "the list of updates could not be read: $($_.Exception.Message)" } }
    @{ Installed = $false }
}
