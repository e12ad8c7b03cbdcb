function Get-FbAssessment {
    <#
    .SYNOPSIS
    Settings of a host as they are, without any judgement: Values, Services, Accounts, Passwords. Reads only, tries no password.
    .PARAMETER ValueKey
    Keys of registry values, each with the name at the same place of ValueName.
    .PARAMETER Rid
    Well-known local accounts: 500 is the built-in administrator, 501 the guest.
    .PARAMETER Password
    Also the password policy.
    #>
    [CmdletBinding()]
    param(
        [AllowEmptyCollection()] [string[]] $ValueKey = @(),
        [AllowEmptyCollection()] [string[]] $ValueName = @(),
        [AllowEmptyCollection()] [string[]] $Service = @(),
        [AllowEmptyCollection()] [int[]] $Rid = @(),
        [switch] $Password
    )
    $values = @()
    for ($at = 0; $at -lt $ValueKey.Count; $at++) {
        $found = Get-FbRegistryValue -Path $ValueKey[$at] -Name $ValueName[$at]
        $present = $null
        if ($found.Readable) { $present = [bool] $found.Present }
        $data = $null
        # Numbers and texts alone are judged; never the text of a password.
        if ($present -and $ValueName[$at] -notlike '*Password') { $data = @($found.Value) -join ' ' }
        $values += New-Object -TypeName PSObject -Property @{
            Key = $ValueKey[$at]; Name = $ValueName[$at]; Present = $present; Data = $data; Error = [string] $found.Error
        }
    }
    $services = @()
    foreach ($name in $Service) {
        $state = $null
        $exists = $null
        try {
            $one = Get-FbService -Name $name
            $exists = [bool] $one.Exists
            $state = $one.State
        }
        catch { $exists = $null }
        $services += New-Object -TypeName PSObject -Property @{ Name = $name; Exists = $exists; State = $state }
    }
    $accounts = @()
    if ($Rid.Count -gt 0) { $accounts = @(Get-FbAccountState -Rid $Rid) }
    $policy = $null
    if ($Password) { $policy = Get-FbPasswordPolicy }
    New-Object -TypeName PSObject -Property @{ Values = $values; Services = $services; Accounts = $accounts; Passwords = $policy }
}
