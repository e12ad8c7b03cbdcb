function Restart-FbWebService {
    <#
    .SYNOPSIS
    Restarts the web service if it runs, so that the RPC proxy reads its settings anew.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    if (-not $PSCmdlet.ShouldProcess('W3SVC', 'restart')) { return }
    if ($null -eq (Get-FbTarget)) { return Restart-FbShieldService -Name 'W3SVC' }
    if ((Get-FbService -Name 'W3SVC').State -ne 'Running') { return }
    $null = Set-FbService -Name 'W3SVC' -State Stopped
    $null = Set-FbService -Name 'W3SVC' -State Running
}
