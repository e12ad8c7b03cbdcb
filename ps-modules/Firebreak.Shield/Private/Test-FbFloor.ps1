function Test-FbFloor {
    <#
    .SYNOPSIS
    Whether the running system is at one of the floors (build.revision): $true, $false, and $false when it cannot be told.
    #>
    [CmdletBinding()]
    param([string[]] $Floor)
    $version = 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $build = [string] (Get-FbRegistryValue -Path $version -Name 'CurrentBuildNumber').Value
    $revision = (Get-FbRegistryValue -Path $version -Name 'UBR').Value
    foreach ($wanted in $Floor) {
        if ($wanted -notmatch '^(\d+)\.(\d+)$') { continue }
        if ($Matches[1] -eq $build -and $null -ne $revision -and [int] $revision -ge [int] $Matches[2]) { return $true }
    }
    $false
}
