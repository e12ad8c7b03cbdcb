function Get-FbAttack {
    <#
    .SYNOPSIS
    What the log and the service manager show of ends of a service and of restarts, without any judgement.
    .DESCRIPTION
    Now and Since (ISO 8601, UTC, by the clock of the host), Readable, By, Error, Older and Events as of Get-FbEvent; Display: the name by
    which events call the service, State; $null where it cannot be told. Version: of a target, else empty.
    Numbers: 7031 and 7034 a service has ended by itself, 6005 and 6009 the system has
    started, 6006 it has shut down in order, 6008 it had not.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9_.-]+$')] [string] $Service,
        [Parameter(Mandatory = $true)] [int] $WithinSeconds
    )
    $now = Get-FbTime
    $since = ConvertTo-FbTime -Value $now.AddSeconds(-$WithinSeconds)
    $found = Get-FbEvent -Id 6005, 6006, 6008, 6009, 7031, 7034 -Since $since
    $display = $null
    try {
        foreach ($one in @(Get-FbWmi -Class Win32_Service -Filter "Name='$Service'")) {
            if ($null -ne $one) { $display = [string] $one.DisplayName }
        }
    }
    catch { $display = $null }
    if (-not $display) {
        $named = Get-FbRegistryValue -Path "HKLM\SYSTEM\CurrentControlSet\Services\$Service" -Name 'DisplayName'
        # Since Vista it may be a reference to a text elsewhere.
        if ($named.Present -and [string] $named.Value -notlike '@*') { $display = [string] $named.Value }
    }
    $state = $null
    try { $state = (Get-FbService -Name $Service).State } catch { $state = $null }
    $version = ''
    $target = Get-FbTarget
    if ($null -ne $target) { $version = [string] $target.Version }
    New-Object -TypeName PSObject -Property @{
        Now = (ConvertTo-FbTime -Value $now); Since = $since; Readable = $found.Readable; By = $found.By; Error = $found.Error; Older = $found.Older
        Events = @($found.Events); Display = $display; State = $state; Version = $version
    }
}
