function Get-FbRegistryShield {
    <#
    .SYNOPSIS
    A registry value as a shield sees it: Present, Type, Value (numbers and texts), and its timers.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [Parameter(Mandatory = $true)] [string] $Key,
        [Parameter(Mandatory = $true)] [string] $Name
    )
    $found = Get-FbRegistryValue -Path $Key -Name $Name
    $value = $null
    if ($found.Type -eq 'DWord' -or $found.Type -eq 'QWord') { $value = [long] $found.Value }
    elseif ($found.Type -eq 'String' -or $found.Type -eq 'ExpandString') { $value = [string] $found.Value }
    New-Object -TypeName PSObject -Property @{
        Present      = [bool] $found.Present
        Type         = $found.Type
        Value        = $value
        ConfirmArmed = [bool] (Test-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm))
        Expired      = [string] (Get-FbShieldRecord -Id $Id).Expired
        Readable     = [bool] $found.Readable
    }
}
