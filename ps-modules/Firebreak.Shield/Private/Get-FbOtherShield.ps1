function Get-FbOtherShield {
    <#
    .SYNOPSIS
    Id of a shield of the same method that another run has put up on this host; empty when there is none.
    #>
    [CmdletBinding()]
    param([string] $Id, [string] $Method)
    foreach ($other in @((Get-FbRegistryName -Path 'HKLM\SOFTWARE\Firebreak\Shields').SubKeys)) {
        if ($other -and $other -ne $Id -and (Get-FbShieldRecord -Id $other).Method -eq $Method) { return [string] $other }
    }
    ''
}
