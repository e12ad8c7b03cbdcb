function Get-FbServicingPackage {
    <#
    .SYNOPSIS
    From the servicing stack's list: which updates are there (Updates by name), and the cumulative ones (Rollups).
    .DESCRIPTION
    The list names an update by its KB, a cumulative one by build and revision only.
    #>
    [CmdletBinding()]
    param([string[]] $Kb)
    $root = 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages'
    $updates = @{}
    $list = Get-FbRegistryName -Path $root
    if (-not $list.Readable -or -not $list.KeyPresent) {
        foreach ($name in $Kb) { $updates[$name] = $null }
        return @{ Updates = $updates; Rollups = $null }
    }
    foreach ($name in $Kb) { $updates[$name] = $false }
    $rollups = @()
    foreach ($package in $list.SubKeys) {
        if ($package -match '^Package_for_(KB\d+)~') {
            $name = $Matches[1]
            if ($updates.ContainsKey($name)) {
                $state = (Get-FbRegistryValue -Path "$root\$package" -Name 'CurrentState').Value
                # 96 awaits the reboot, 112 is installed; anything else is staged, superseded or on its way out.
                if ($state -eq 96 -or $state -eq 112) { $updates[$name] = $true }
            }
        }
        elseif ($package -match '^Package_for_RollupFix~.*~(\d+)\.(\d+)\.\d+\.\d+$') {
            $build = [int] $Matches[1]
            $revision = [int] $Matches[2]
            $state = (Get-FbRegistryValue -Path "$root\$package" -Name 'CurrentState').Value
            if ($null -ne $state) {
                $rollups += New-Object -TypeName PSObject -Property @{ Build = $build; Ubr = $revision; State = [int] $state }
            }
        }
    }
    @{ Updates = $updates; Rollups = $rollups }
}
