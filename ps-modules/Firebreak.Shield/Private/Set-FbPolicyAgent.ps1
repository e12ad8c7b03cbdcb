function Set-FbPolicyAgent {
    <#
    .SYNOPSIS
    Brings the IPsec policy agent into a state and start mode, changing only what differs.
    .PARAMETER Anew
    A running agent is restarted: it reads NoDefaultExempt when it starts.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $State, [string] $Start, [switch] $Anew)
    if (-not $PSCmdlet.ShouldProcess('PolicyAgent', "$State, $Start")) { return }
    if ($Anew) { $null = Set-FbService -Name 'PolicyAgent' -State Stopped }
    # Boot and System are no modes of this service that anybody could have found.
    if (@('Auto', 'Manual', 'Disabled') -notcontains $Start) { $Start = '' }
    $null = Set-FbService -Name 'PolicyAgent' -State $State -Start $Start
}
