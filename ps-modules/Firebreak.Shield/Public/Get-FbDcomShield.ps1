function Get-FbDcomShield {
    <#
    .SYNOPSIS
    EnableDCOM as a shield sees it: Present, Type, Value, IsOff, InEffect, Other, OnlyByDcom, Relayed, Readable.
    .DESCRIPTION
    Windows reads EnableDCOM when it starts. InEffect: it says N and the host was restarted since that was written; $null when
    nobody can tell when that was. OnlyByDcom: the registry of a target is reached by WMI alone, so that it could not be
    switched on again.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id)
    $found = Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Microsoft\OLE' -Name 'EnableDCOM'
    $value = $null
    if ($found.Type -eq 'DWord' -or $found.Type -eq 'QWord') { $value = [long] $found.Value }
    elseif ($found.Type -eq 'String' -or $found.Type -eq 'ExpandString') { $value = [string] $found.Value }
    $record = Get-FbShieldRecord -Id $Id
    $target = Get-FbTarget
    $isOff = $found.Present -and $found.Type -eq 'String' -and $value -eq 'N'
    $effect = $false
    if ($isOff) {
        $effect = Test-FbBooted -Id $Id -Record $record
        # Somebody else has written it: what still answers shows that nobody has restarted since.
        if ($null -eq $effect -and $null -ne $target -and (Test-FbWmi)) { $effect = $false }
    }
    New-Object -TypeName PSObject -Property @{
        Present    = [bool] $found.Present
        Type       = $found.Type
        Value      = $value
        IsOff      = [bool] $isOff
        InEffect   = $effect
        Other      = (Get-FbOtherShield -Id $Id -Method 'dcom')
        OnlyByDcom = [bool] ($null -ne $target -and $target.RegistryBy -eq 'wmi')
        Recorded   = [bool] ($record.Count -gt 0)
        Relayed    = [bool] ($null -ne $target)
        Readable   = [bool] $found.Readable
    }
}
