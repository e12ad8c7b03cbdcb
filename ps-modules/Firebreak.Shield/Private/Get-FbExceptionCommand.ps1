function Get-FbExceptionCommand {
    <#
    .SYNOPSIS
    The words after netsh that bring one setting of a profile from Current to Wanted, texts of Get-FbException.
    .DESCRIPTION
    No words of a language and nothing that has to be understood comes back: the exit code is all that is looked at.
    #>
    [CmdletBinding()]
    param([string] $ProfileName, [string] $Item, [AllowEmptyString()] [string] $Current, [AllowEmptyString()] [string] $Wanted)
    $of = "profile=$($ProfileName.ToUpper())"
    if ($Item -eq 'Firewall') { return @('firewall', 'set', 'opmode', $(if ($Wanted -eq 'On') { 'mode=ENABLE' } else { 'mode=DISABLE' }), $of) }
    $parts = @($Wanted -split ':', 5)
    $isPort = $Item -ne 'RemoteAdmin'
    $mode = $(if ($isPort) { $parts[3] } else { $parts[0] })
    $scope = $(if ($isPort) { $parts[2] } else { $parts[1] })
    $who = @("scope=CUSTOM", "addresses=$scope")
    if (-not $scope -or $scope -eq '*') { $who = @('scope=ALL') }
    elseif ($scope -eq 'LocalSubNet') { $who = @('scope=SUBNET') }
    $enabled = $(if ($mode -eq 'Enabled') { 'mode=ENABLE' } else { 'mode=DISABLE' })
    if (-not $isPort) { return @('firewall', 'set', 'service', 'type=REMOTEADMIN', $enabled) + $who + @($of) }
    $port = @($Item -split ':')
    $which = @("protocol=$($port[1])", "port=$($port[0])")
    if (-not $Wanted) { return @('firewall', 'delete', 'portopening') + $which + @($of) }
    $verb = $(if ($Current) { 'set' } else { 'add' })
    @('firewall', $verb, 'portopening') + $which + @("name=$($parts[4])", $enabled) + $who + @($of)
}
