function Get-FbLogEntry {
    <#
    .SYNOPSIS
    Entries of an event log by Get-EventLog, which knows Windows NT 4.0 too; none when the log has no such entry.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable] $Log)
    if (-not (Get-Command -Name Get-EventLog -CommandType Cmdlet -ErrorAction SilentlyContinue)) {
        $message = 'the relay {0} has no Get-EventLog, which came with Windows PowerShell: use one with Windows PowerShell 5.1' -f $script:FbTarget.Relay
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_STEP_REFUSED' -Message $message -Target $script:FbTarget.Name))
    }
    try { Get-EventLog @Log -ErrorAction Stop }
    catch {
        if ([string] $_.FullyQualifiedErrorId -notlike 'GetEventLogNoEntriesFound*') { throw }
    }
}
