function Remove-FbTargetTask {
    <#
    .SYNOPSIS
    Disarms a task on a target from before Windows Vista; a run of it goes on.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Name)
    if (-not $PSCmdlet.ShouldProcess($Name, 'remove task')) { return }
    $folder = (Get-FbTaskFile -Name $Name) -replace '\\[^\\]+$', ''
    foreach ($file in @(Get-FbTargetTask -Name $Name)) {
        if (-not $file) { continue }
        $mark = [string] (Get-FbText -Path "$folder\$file")
        # Without its mark the job does nothing, whether or not it can be taken away.
        Remove-FbFile -Path "$folder\$file"
        Remove-FbFile -Path ("$folder\$file" -replace '\.armed$', '.fired')
        if ($mark -match 'job=(\d+)') {
            try { Get-FbWmi -Class Win32_ScheduledJob -Filter "JobId=$($Matches[1])" | ForEach-Object { $null = Invoke-FbWmiMethod -InputObject $_ -Name Delete } }
            catch { $mark = $null }
        }
    }
}
