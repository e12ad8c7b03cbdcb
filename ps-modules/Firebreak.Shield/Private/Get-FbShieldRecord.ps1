function Get-FbShieldRecord {
    <#
    .SYNOPSIS
    What was written down when the shield went up, as a hashtable of texts; empty when there is none.
    #>
    [CmdletBinding()]
    param([string] $Id)
    $record = @{}
    $key = Get-FbShieldKey -Id $Id
    foreach ($name in (Get-FbRegistryName -Path $key).Values) {
        $record[$name] = [string] (Get-FbRegistryValue -Path $key -Name $name).Value
    }
    $record
}
