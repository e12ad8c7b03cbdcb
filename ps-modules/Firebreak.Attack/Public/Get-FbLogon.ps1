function Get-FbLogon {
    <#
    .SYNOPSIS
    Whether the account of this connection can log on at the host without a network: Account, Local, Enabled, DomainMember, CachedLogons; $null where it cannot be told.
    .DESCRIPTION
    Local: it is an account of the host itself. CachedLogons: how many accounts of the domain the host remembers (CachedLogonsCount, 10 where it is not set); whether
    this account is one of them nobody can tell.
    #>
    [CmdletBinding()]
    param()
    $account = [string] (Get-FbIdentity).Name
    $computer = $null
    $member = $null
    try {
        foreach ($system in @(Get-FbWmi -Class Win32_ComputerSystem)) {
            if ($null -eq $system) { continue }
            $computer = [string] $system.Name
            # 1, 3, 4, 5: members and controllers of a domain.
            $member = @(1, 3, 4, 5) -contains [int] $system.DomainRole
        }
    }
    catch { $computer = $null }
    if (-not $computer) {
        $named = Get-FbRegistryValue -Path 'HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ActiveComputerName' -Name 'ComputerName'
        if ($named.Present) { $computer = [string] $named.Value }
    }
    $local = $null
    $name = $account
    if ($account -match '^(.*)\\(.*)$') {
        $name = $Matches[2]
        $of = $Matches[1]
        if ($of -eq '.') { $local = $true }
        elseif ($computer) { $local = [bool] ($of -eq $computer) }
    }
    elseif ($account -match '@') { $local = $false }
    # A bare name is looked for among the host's own accounts first.
    elseif ($account) { $local = $true }
    $enabled = $null
    if ($local) {
        try {
            foreach ($user in @(Get-FbWmi -Class Win32_UserAccount -Filter 'LocalAccount=True')) {
                if ($null -ne $user -and [string] $user.Name -eq $name) { $enabled = -not ($user.Disabled -or $user.Lockout) }
            }
        }
        catch { $enabled = $null }
    }
    $cached = $null
    $count = Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon' -Name 'CachedLogonsCount'
    if ($count.Readable) {
        $cached = 10
        if ($count.Present -and [string] $count.Value -match '^\d+$') { $cached = [int] $count.Value }
    }
    New-Object -TypeName PSObject -Property @{ Account = $account; Local = $local; Enabled = $enabled; DomainMember = $member; CachedLogons = $cached }
}
