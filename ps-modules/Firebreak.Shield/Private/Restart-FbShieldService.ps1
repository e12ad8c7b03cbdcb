function Restart-FbShieldService {
    <#
    .SYNOPSIS
    Restarts a running service with what runs on top of it, so that it reads its settings anew; one that is stopped stays so.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Name)
    if ((Get-FbService -Name $Name).State -ne 'Running' -or -not $PSCmdlet.ShouldProcess($Name, 'restart')) { return }
    $dependents = @(Get-FbDependentService -Name $Name)
    $null = Set-FbService -Name $Name -State Stopped
    foreach ($service in (@($Name) + $dependents)) {
        if ($service) { $null = Set-FbService -Name $service -State Running }
    }
}
