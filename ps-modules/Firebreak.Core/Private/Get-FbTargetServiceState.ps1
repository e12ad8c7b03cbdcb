function Get-FbTargetServiceState {
    <#
    .SYNOPSIS
    State of a service of a target from its service manager, by number: the words are localised. $null = cannot be told.
    #>
    [CmdletBinding()]
    param([string] $Name)
    $states = @{ 1 = 'Stopped'; 2 = 'Start Pending'; 3 = 'Stop Pending'; 4 = 'Running'; 5 = 'Continue Pending'; 6 = 'Pause Pending'; 7 = 'Paused' }
    $query = Invoke-FbServiceControl -Command @('query', $Name)
    if ($query.ExitCode -ne 0) { return $null }
    # The first line with a number is the type, the second the state.
    $numbers = @()
    foreach ($line in $query.Output) {
        if ($line -match '^[^:]+:\s+([0-9A-Fa-f]+)\s+\S') { $numbers += $Matches[1] }
    }
    if ($numbers.Count -lt 2) { return $null }
    $states[[int] $numbers[1]]
}
