function Get-FbLogExcerpt {
    <#
    .SYNOPSIS
    The latest errors and warnings of an event log, with what installers and restarts wrote: Name, Readable, By (wmi, event-log),
    Error, Total and Events (Record, At, Type, Id, Source, Text), oldest first.
    .DESCRIPTION
    By WMI; where that of a target does not answer, over its service EventLog by the connection that is open. The text is for
    people: it is localised. Total: how many there were before Count left out the oldest. Never fails.
    .PARAMETER Since
    ISO 8601, UTC, by the clock of the host.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidateSet('System', 'Application')] [string] $Name,
        [Parameter(Mandatory = $true)] [string] $Since,
        [ValidateRange(1, 2000)] [int] $Count = 200
    )
    $longest = 2000
    # Their successes tell as much as their failures.
    $sources = @('NtServicePack', 'MsiInstaller', 'USER32', 'EventLog', 'Service Control Manager', 'Microsoft-Windows-Servicing', 'Microsoft-Windows-WindowsUpdateClient')
    $result = @{ Name = $Name; Readable = $false; By = $null; Error = ''; Total = 0; Events = @() }
    $from = ([DateTime] $Since).ToUniversalTime()
    $found = @()
    try {
        # Not by a format of its own: that would write the year of the calendar that the host's culture has.
        $border = ((ConvertTo-FbTime -Value $from) -replace '\D', '') + '.000000+000'
        $wanted = (@($sources | ForEach-Object { "SourceName='$_'" })) -join ' OR '
        $found = @(Get-FbWmi -Class Win32_NTLogEvent -Filter "Logfile='$Name' AND TimeWritten>='$border' AND (EventType=1 OR EventType=2 OR $wanted)")
        $result.By = 'wmi'
    }
    catch { $result.Error = $_.Exception.GetBaseException().Message }
    if ($null -eq $result.By -and $null -ne $script:FbTarget) {
        try {
            # Its times are those of this machine's zone.
            $log = @{ LogName = $Name; ComputerName = $script:FbTarget.UncHost; After = $from.ToLocalTime() }
            $found = @(Get-FbLogEntry -Log $log | Where-Object { @('Error', 'Warning') -contains [string] $_.EntryType -or $sources -contains $_.Source })
            $result.By = 'event-log'
            $result.Error = ''
        }
        catch { $result.Error = '{0}; {1}' -f $result.Error, $_.Exception.GetBaseException().Message }
    }
    if ($null -ne $result.By) {
        $result.Readable = $true
        $events = @()
        foreach ($entry in $found) {
            # PowerShell 2 goes once through nothing.
            if ($null -eq $entry) { continue }
            if ($result.By -eq 'wmi') {
                $one = @{ Record = [long] $entry.RecordNumber; At = ConvertTo-FbTime -Value $entry.TimeWritten; Type = [string] $entry.Type; Id = [int] $entry.EventCode; Source = [string] $entry.SourceName; Text = [string] $entry.Message }
                $strings = @($entry.InsertionStrings)
            }
            else {
                $one = @{ Record = [long] $entry.Index; At = ConvertTo-FbTime -Value $entry.TimeGenerated; Type = [string] $entry.EntryType; Id = [int] $entry.EventID; Source = [string] $entry.Source; Text = [string] $entry.Message }
                $strings = @($entry.ReplacementStrings)
            }
            # A message that this machine cannot put together: what it would be made of.
            if (-not $one.Text) { $one.Text = (@($strings | Where-Object { $null -ne $_ })) -join ' | ' }
            $one.Text = $one.Text.Trim()
            if ($one.Text.Length -gt $longest) { $one.Text = $one.Text.Substring(0, $longest) }
            $events += New-Object -TypeName PSObject -Property $one
        }
        $events = @($events | Sort-Object -Property At, Record)
        $result.Total = $events.Count
        if ($events.Count -gt $Count) { $events = @($events[($events.Count - $Count)..($events.Count - 1)]) }
        $result.Events = $events
    }
    New-Object -TypeName PSObject -Property $result
}
