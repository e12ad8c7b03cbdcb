function Get-FbEvidence {
    <#
    .SYNOPSIS
    What helps to find out why a host failed: At, Since, Logs (excerpts of event logs) and Files (ends of the logs of installers). Reads only.
    .DESCRIPTION
    The logs of update.exe and its kin (KB*.log, Q*.log, svcpack.log in the Windows folder), CBS, DISM, Windows Update, and what
    our own jobs left. Newest first, at most MaxFiles. What cannot be read says so in its Error.
    .PARAMETER Seconds
    How far back to look, by the clock of the host.
    .PARAMETER File
    More files to take, with full paths; %SystemRoot% and the like are filled in.
    #>
    [CmdletBinding()]
    param(
        [ValidateRange(1, 2592000)] [int] $Seconds = 86400,
        [ValidateRange(1, 2000)] [int] $EventCount = 200,
        [ValidateRange(1, 1048576)] [int] $MaxBytes = 65536,
        [ValidateRange(1, 100)] [int] $MaxFiles = 20,
        [AllowEmptyCollection()] [string[]] $File = @()
    )
    $now = ([DateTime] (Get-FbTime)).ToUniversalTime()
    $from = ConvertTo-FbTime -Value $now.AddSeconds(-$Seconds)
    $logs = @()
    foreach ($name in @('System', 'Application')) { $logs += Get-FbLogExcerpt -Name $name -Since $from -Count $EventCount }

    $windows = Resolve-FbPath -Path '%SystemRoot%' -Own
    $paths = @()
    foreach ($name in @(Get-FbChildName -Path $windows)) {
        if ([string] $name -match '^((KB|Q)\d{5,7}.*|svcpack|WindowsUpdate)\.log$') { $paths += '{0}\{1}' -f $windows, $name }
    }
    foreach ($name in @('CBS\CBS.log', 'DISM\dism.log')) { $paths += '{0}\Logs\{1}' -f $windows, $name }
    $jobs = '{0}\jobs' -f (Get-FbDataFolder)
    foreach ($job in @(Get-FbChildName -Path $jobs)) {
        if (-not $job) { continue }
        foreach ($name in @(Get-FbChildName -Path ('{0}\{1}' -f $jobs, $job))) {
            if ([string] $name -match '\.(out|log|txt)$') { $paths += '{0}\{1}\{2}' -f $jobs, $job, $name }
        }
    }
    $recent = @()
    foreach ($path in $paths) {
        $info = Get-FbFileInfo -Path $path
        if ($info.Exists -and [string] $info.Modified -ge $from) { $recent += $info }
    }
    $recent = @($recent | Sort-Object -Property Modified -Descending)
    if ($recent.Count -gt $MaxFiles) { $recent = @($recent[0..($MaxFiles - 1)]) }
    $files = @()
    foreach ($info in $recent) { if ($null -ne $info) { $files += Get-FbFileTail -Path $info.Path -MaxBytes $MaxBytes } }
    foreach ($path in $File) { $files += Get-FbFileTail -Path (Resolve-FbPath -Path $path -Own) -MaxBytes $MaxBytes }
    New-Object -TypeName PSObject -Property @{ At = ConvertTo-FbTime -Value $now; Since = $from; Logs = $logs; Files = $files }
}
