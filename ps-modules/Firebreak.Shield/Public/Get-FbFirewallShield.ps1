function Get-FbFirewallShield {
    <#
    .SYNOPSIS
    The firewall side of the host, and whether the shield of this id stands.
    .DESCRIPTION
    Own: none, ours, changed (somebody has altered or removed a rule of the shield, or switched off what it had switched on).
    .PARAMETER Survey
    Also what only a shield that is to go up needs to know: other products, other shields, a hash over all rules.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id, [switch] $Survey)
    $kind = Get-FbFirewallKind
    $record = Get-FbShieldRecord -Id $Id
    $service = New-Object -TypeName PSObject -Property @{ Exists = $false; State = $null; Start = $null }
    $store = New-Object -TypeName PSObject -Property @{ Readable = $true; Rules = @{}; Sha256 = '' }
    $profiles = New-Object -TypeName PSObject -Property @{ Off = @(); Unmerged = @(); ByPolicy = @(); Current = @() }
    if ($kind.Kind -eq 'rules') {
        $service = Get-FbService -Name 'mpssvc'
        $store = Get-FbFirewallStore
        $profiles = Get-FbFirewallProfile
    }
    elseif ($kind.Kind -eq 'connections') { $service = Get-FbService -Name 'SharedAccess' }
    $own = @(Select-FbFirewallRule -Id $Id -Rules $store.Rules -Record $record)
    $made = @($record.Keys | Where-Object { $_ -like 'Rule.*' })
    $state = 'none'
    if ($own.Count -gt 0) {
        $altered = @($own | Where-Object { $_.Changed -or $_.Text -notlike '*|Active=TRUE|*' })
        $switchedOff = @([string] $record.TurnedOn -split ',' | Where-Object { $_ -and @($profiles.Off) -contains $_ })
        # Without a record of all of them they are the rest of an attempt that was cut off.
        $state = $(if ($altered.Count -gt 0 -or $made.Count -eq 0 -or $own.Count -ne $made.Count -or $switchedOff.Count -gt 0) { 'changed' } else { 'ours' })
    }
    # Where it cannot be told which networks there are, every profile counts.
    $counting = @($profiles.Current)
    if ($counting.Count -eq 0) { $counting = @('Domain', 'Private', 'Public') }
    $idle = @($counting | Where-Object { @($profiles.Off) -contains $_ -or @($profiles.Unmerged) -contains $_ })
    $others = @()
    $products = @()
    $connections = @()
    if ($Survey -and $kind.Kind -eq 'connections') { $connections = @(Get-FbConnectionName) }
    if ($Survey) {
        foreach ($text in @($store.Rules.Values)) {
            if ("$text" -match '\|Name=Firebreak-([A-Za-z0-9-]+)\|' -and $Matches[1] -ne $Id -and $others -notcontains $Matches[1]) { $others += $Matches[1] }
        }
        $products = @(Get-FbFirewallProduct)
    }
    New-Object -TypeName PSObject -Property @{
        Stands       = [bool] ($state -eq 'ours' -and $service.State -eq 'Running' -and $idle.Count -eq 0)
        Own          = $state
        Kind         = $kind.Kind
        Prohibited   = $kind.Prohibited
        ServiceState = $service.State
        ServiceStart = $service.Start
        Off          = [string[]] @($profiles.Off)
        Unmerged     = [string[]] @($profiles.Unmerged)
        ByPolicy     = [string[]] @($profiles.ByPolicy)
        Current      = [string[]] @($profiles.Current)
        Others       = [string[]] $others
        Products     = [string[]] $products
        # Of the firewall for connections: what they are called.
        Connections  = [string[]] $connections
        # A host without PowerShell: it has the confirm timer only.
        Relayed      = ($null -ne (Get-FbTarget))
        Snapshot     = $(if ($Survey) { [string] $store.Sha256 } else { '' })
        ConfirmArmed = [bool] (Test-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm))
        Expired      = [string] $record.Expired
        Recorded     = [bool] ($record.Count -gt 0)
        Readable     = [bool] ($store.Readable -and -not $kind.Error)
    }
}
