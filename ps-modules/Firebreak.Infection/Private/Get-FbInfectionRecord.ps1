function Get-FbInfectionRecord {
    <#
    .SYNOPSIS
    What a cleaning has left on the host: Families, At, Run, Judgement, By; nothing when there was none.
    #>
    [CmdletBinding()]
    param()
    $text = Get-FbText -Path (Get-FbInfectionRecordPath)
    if (-not $text) { return }
    $state = @{ families = ''; at = ''; run = ''; judgement = ''; by = '' }
    foreach ($line in ($text -split "`r?`n")) {
        $at = $line.IndexOf('=')
        if ($at -gt 0) { $state[$line.Substring(0, $at)] = $line.Substring($at + 1) }
    }
    $families = @()
    foreach ($family in ($state.families -split '\|')) { if ($family) { $families += $family } }
    # A file that was not written to its end says at least that there was something.
    if ($families.Count -eq 0) { $families += 'unknown' }
    New-Object -TypeName PSObject -Property @{
        Families = $families; At = $state.at; Run = $state.run; Judgement = $state.judgement; By = $state.by
    }
}
