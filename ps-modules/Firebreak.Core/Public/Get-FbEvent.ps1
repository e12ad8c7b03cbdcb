function Get-FbEvent {
    <#
    .SYNOPSIS
    Events of the log System by number: Readable, By (wmi, event-log), Error, Older and Events (Record, At, Id, Source, Strings), oldest first.
    .DESCRIPTION
    By WMI; where that of a target does not answer, over its service EventLog by the connection that is open. Strings are what the
    event's text is made of, so that nothing hangs on the language. Older: the last of the given events from before Since, at most
    that of a start of the system; nothing when the log shows none. Never fails: what cannot be read has Readable = $false.
    .PARAMETER Since
    ISO 8601, UTC, by the clock of the host.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [int[]] $Id, [Parameter(Mandatory = $true)] [string] $Since)
    # The log service has started, has stopped, which system it is, how long it has been up (once a day).
    $marks = @(6005, 6006, 6009, 6013)
    $result = @{ Readable = $false; By = $null; Error = ''; Older = $null; Events = @() }
    $from = ([DateTime] $Since).ToUniversalTime()
    $found = @()
    $before = @()
    try {
        # Not by a format of its own: that would write the year of the calendar that the host's culture has.
        $border = ((ConvertTo-FbTime -Value $from) -replace '\D', '') + '.000000+000'
        $wanted = '(' + ((@($Id | ForEach-Object { "EventCode=$_" })) -join ' OR ') + ')'
        $marked = '(' + ((@($marks | ForEach-Object { "EventCode=$_" })) -join ' OR ') + ')'
        $found = @(Get-FbWmi -Class Win32_NTLogEvent -Filter "Logfile='System' AND TimeWritten>='$border' AND $wanted")
        $before = @(Get-FbWmi -Class Win32_NTLogEvent -Filter "Logfile='System' AND TimeWritten<'$border' AND $marked")
        $result.By = 'wmi'
    }
    catch { $result.Error = $_.Exception.GetBaseException().Message }
    if ($null -eq $result.By -and $null -ne $script:FbTarget) {
        try {
            # Its times are those of this machine's zone.
            $log = @{ LogName = 'System'; ComputerName = $script:FbTarget.UncHost }
            $found = @(Get-FbLogEntry -Log ($log + @{ After = $from.ToLocalTime() }) | Where-Object { $Id -contains $_.EventID })
            $before = @(Get-FbLogEntry -Log ($log + @{ Before = $from.ToLocalTime(); Newest = 1 }))
            $result.By = 'event-log'
            $result.Error = ''
        }
        catch { $result.Error = '{0}; {1}' -f $result.Error, $_.Exception.GetBaseException().Message }
    }
    if ($null -ne $result.By) {
        $result.Readable = $true
        foreach ($entry in $found) {
            # PowerShell 2 goes once through nothing.
            if ($null -eq $entry) { continue }
            if ($result.By -eq 'wmi') {
                $one = @{ Record = [long] $entry.RecordNumber; At = ConvertTo-FbTime -Value $entry.TimeWritten; Id = [int] $entry.EventCode; Source = [string] $entry.SourceName; Strings = @($entry.InsertionStrings) }
            }
            else { $one = @{ Record = [long] $entry.Index; At = ConvertTo-FbTime -Value $entry.TimeGenerated; Id = [int] $entry.EventID; Source = [string] $entry.Source; Strings = @($entry.ReplacementStrings) } }
            $one.Strings = @($one.Strings | Where-Object { $null -ne $_ } | ForEach-Object { [string] $_ })
            $result.Events += New-Object -TypeName PSObject -Property $one
        }
        $result.Events = @($result.Events | Sort-Object -Property At, Record)
        foreach ($entry in $before) {
            if ($null -eq $entry) { continue }
            $at = $entry.TimeWritten
            if ($result.By -ne 'wmi') { $at = $entry.TimeGenerated }
            $at = ConvertTo-FbTime -Value $at
            if ($null -eq $result.Older -or $at -gt $result.Older) { $result.Older = $at }
        }
    }
    New-Object -TypeName PSObject -Property $result
}
