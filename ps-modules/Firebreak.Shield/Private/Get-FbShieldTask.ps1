function Get-FbShieldTask {
    <#
    .SYNOPSIS
    Name of the scheduled task of a shield's timer.
    #>
    [CmdletBinding()]
    param([string] $Id, [ValidateSet('confirm', 'ttl')] [string] $Timer)
    "\Firebreak\shield-$Id-$Timer"
}
