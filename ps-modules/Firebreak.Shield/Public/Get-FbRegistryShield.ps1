function Get-FbRegistryShield {
    <#
    .SYNOPSIS
    A registry value as a shield sees it: Present, Type, Value (numbers and texts), InEffect, Unbooted (the host
    was not restarted since the shield wrote it), and its timers.
    .PARAMETER Service
    That reads the value when it starts; empty = the value is in effect at once.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [Parameter(Mandatory = $true)] [string] $Key,
        [Parameter(Mandatory = $true)] [string] $Name,
        [AllowEmptyString()] [string] $Service = ''
    )
    $record = Get-FbShieldRecord -Id $Id
    $found = Get-FbRegistryValue -Path $Key -Name $Name
    $value = $null
    if ($found.Type -eq 'DWord' -or $found.Type -eq 'QWord') { $value = [long] $found.Value }
    elseif ($found.Type -eq 'String' -or $found.Type -eq 'ExpandString') { $value = [string] $found.Value }
    New-Object -TypeName PSObject -Property @{
        Present      = [bool] $found.Present
        Type         = $found.Type
        Value        = $value
        ConfirmArmed = [bool] (Test-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm))
        Expired      = [string] $record.Expired
        Recorded     = [bool] ($record.Count -gt 0)
        Unbooted     = [bool] ($record.Written -and [string]::CompareOrdinal([string] (Get-FbBootTime).Time, [string] $record.Written) -lt 0)
        InEffect     = [bool] (Test-FbSettingInEffect -Service $Service -Record $record)
        Readable     = [bool] $found.Readable
    }
}
