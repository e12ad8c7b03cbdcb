function Get-FbUpdateResult {
    <#
    .SYNOPSIS
    What became of the updates of a request: Updates, each with Kb, State, HResult, Reboot, Title; none where nothing was written.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path)
    $updates = @()
    foreach ($line in ([string] (Get-FbText -Path $Path) -split "`r?`n")) {
        $fields = $line -split '\|'
        if ($fields.Count -ne 5) { continue }
        $updates += New-Object -TypeName PSObject -Property @{
            Kb = $fields[0]; State = $fields[1]; HResult = [long] $fields[2]; Reboot = ($fields[3] -eq '1'); Title = $fields[4]
        }
    }
    New-Object -TypeName PSObject -Property @{ Updates = $updates }
}
