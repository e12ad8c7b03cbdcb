function Get-FbAssessment {
    <#
    .SYNOPSIS
    Settings of a host as they are, without any judgement. Reads only, tries no password.
    .PARAMETER ValueKey
    Keys of registry values, each with the name at the same place of ValueName. One part of a key may be *: every key that is there.
    .PARAMETER File
    Files and folders that may be there.
    .PARAMETER Also
    What else: accounts, administrators, audit, disks, passwords (their policy), shares.
    .PARAMETER Version
    Of the system: 5.1
    #>
    [CmdletBinding()]
    param(
        [AllowEmptyCollection()] [string[]] $ValueKey = @(),
        [AllowEmptyCollection()] [string[]] $ValueName = @(),
        [AllowEmptyCollection()] [string[]] $Service = @(),
        [AllowEmptyCollection()] [string[]] $File = @(),
        [AllowEmptyCollection()] [string[]] $Also = @(),
        [string] $Version = ''
    )
    $values = @()
    for ($at = 0; $at -lt $ValueKey.Count; $at++) {
        $wanted = $ValueKey[$at]
        $keys = @($wanted)
        $why = $null
        if ($wanted -match '^(.+?)\\\*(\\.*)?$') {
            $keys = @()
            $head = $Matches[1]
            $tail = [string] $Matches[2]
            $below = Get-FbRegistryName -Path $head
            if ($below.Readable) { foreach ($name in @($below.SubKeys)) { if ($name) { $keys += "$head\$name$tail" } } }
            else { $why = "$head could not be read" }
        }
        if ($null -ne $why) {
            $values += New-Object -TypeName PSObject -Property @{ Wanted = $wanted; Key = $wanted; Name = $ValueName[$at]; Present = $null; Data = $null; Error = $why }
        }
        foreach ($key in $keys) {
            $found = Get-FbRegistryValue -Path $key -Name $ValueName[$at]
            $present = $null
            if ($found.Readable) { $present = [bool] $found.Present }
            $data = $null
            # Numbers and texts alone are judged; never the text of a password.
            if ($present -and $ValueName[$at] -notlike '*Password') { $data = @($found.Value) -join ' ' }
            $values += New-Object -TypeName PSObject -Property @{
                Wanted = $wanted; Key = $key; Name = $ValueName[$at]; Present = $present; Data = $data; Error = [string] $found.Error
            }
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
    $files = @()
    foreach ($path in $File) {
        $exists = $null
        try { $exists = [bool] (Test-FbFile -Path (Resolve-FbPath -Path $path -Own)) } catch { $exists = $null }
        $files += New-Object -TypeName PSObject -Property @{ Path = $path; Exists = $exists }
    }
    $result = @{ Values = $values; Services = $services; Files = $files; Accounts = $null; Administrators = $null; Audit = $null; Disks = $null; Passwords = $null; Shares = $null }
    if ($Also -contains 'accounts') { $result.Accounts = Get-FbLocalAccount }
    if ($Also -contains 'administrators') { $result.Administrators = Get-FbAdministrator }
    if ($Also -contains 'audit') { $result.Audit = Get-FbAuditPolicy -Version $Version }
    if ($Also -contains 'disks') { $result.Disks = Get-FbFileSystem }
    if ($Also -contains 'passwords') { $result.Passwords = Get-FbPasswordPolicy }
    if ($Also -contains 'shares') { $result.Shares = Get-FbShare }
    New-Object -TypeName PSObject -Property $result
}
