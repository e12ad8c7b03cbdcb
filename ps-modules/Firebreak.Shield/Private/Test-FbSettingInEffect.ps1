function Test-FbSettingInEffect {
    <#
    .SYNOPSIS
    Whether a service has read its settings since a shield wrote one: it does not run, or was started since.
    .DESCRIPTION
    By the start of its process; of one that it shares with others that says too little, so the restart that the shield itself saw counts, too.
    #>
    [CmdletBinding()]
    param([string] $Service, [hashtable] $Record)
    if (-not $Service) { return $true }
    $state = (Get-FbService -Name $Service).State
    # Whenever it starts it reads what is there now.
    if ($state -eq 'Stopped') { return $true }
    if (-not $Record.Written) { return $false }
    if ($Record.Restarted) { return $true }
    $start = Get-FbServiceStart -Name $Service
    # Sortable times of one form compare as text.
    $null -ne $start -and [string]::CompareOrdinal([string] $start, [string] $Record.Written) -ge 0
}
