function Get-FbOtherShield {
    <#
    .SYNOPSIS
    Id of a shield of the same method that another run has put up on this host and that still stands; empty when there is none.
    #>
    [CmdletBinding()]
    param([string] $Id, [string] $Method)
    foreach ($other in @((Get-FbRegistryName -Path 'HKLM\SOFTWARE\Firebreak\Shields').SubKeys)) {
        if (-not $other -or $other -eq $Id) { continue }
        $record = Get-FbShieldRecord -Id $other
        if ($record.Method -ne $Method) { continue }
        # What somebody has changed since is nobody's shield any more.
        $now = Get-FbRegistryValue -Path $record.Key -Name $record.Name
        if ($now.Present -and "$($now.Value)" -ceq [string] $record.Value) { return [string] $other }
    }
    ''
}
