function Get-FbPolicyAgent {
    <#
    .SYNOPSIS
    The IPsec policy agent: Exists, State (Running, Stopped ...), Start (Auto, Manual, Disabled).
    #>
    [CmdletBinding()]
    param()
    Get-FbService -Name 'PolicyAgent'
}
