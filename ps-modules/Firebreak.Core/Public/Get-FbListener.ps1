function Get-FbListener {
    <#
    .SYNOPSIS
    Ports that the host listens on, by its own netstat: Readable, Tcp, Udp, Error.
    .DESCRIPTION
    Only the addresses are read: the state's name is in the system's language, but the far end of a listener is port 0.
    #>
    [CmdletBinding()]
    param()
    $result = @{ Readable = $false; Tcp = @(); Udp = @(); Error = '' }
    try {
        $done = Invoke-FbProgram -FilePath 'netstat.exe' -ArgumentList @('-an')
        foreach ($line in $done.Output) {
            if ($line -match '^\s*TCP\s+\S+:(\d+)\s+\S+:0\s') { $result.Tcp += [int] $Matches[1] }
            elseif ($line -match '^\s*UDP\s+\S+:(\d+)\s') { $result.Udp += [int] $Matches[1] }
        }
        # A system without a single listener has no network, or its list has another form.
        $result.Readable = $done.ExitCode -eq 0 -and $result.Tcp.Count + $result.Udp.Count -gt 0
        if (-not $result.Readable) { $result.Error = "netstat ended with $($done.ExitCode) and named no port" }
    }
    catch { $result.Error = $_.Exception.Message }
    New-Object -TypeName PSObject -Property $result
}
