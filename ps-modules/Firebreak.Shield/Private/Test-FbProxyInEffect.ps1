function Test-FbProxyInEffect {
    <#
    .SYNOPSIS
    Whether the RPC proxy has read its settings since a shield wrote one; $null when nobody can tell when that was.
    .DESCRIPTION
    It reads them when the web service starts; from Server 2003 on ValidPorts again every five minutes.
    .PARAMETER Web
    State of the web service.
    #>
    [CmdletBinding()]
    param([string] $Id, [string] $Name, [string] $Web, [int] $Generation, [hashtable] $Record)
    # Whenever it starts it reads what is there now.
    if ($Web -eq 'Stopped' -or $Web -eq 'none') { return $true }
    $booted = Test-FbBooted -Id $Id -Record $Record
    if ($null -eq $booted) { return $null }
    if ($booted -or $Record.Restarted) { return $true }
    if ($Name -ne 'ValidPorts' -or $Generation -lt 2 -or -not $Record.Written) { return $false }
    ((Get-FbTime) - ([DateTime] $Record.Written).ToUniversalTime()).TotalSeconds -ge 300
}
