function Get-FbWmiComputer {
    <#
    .SYNOPSIS
    Parameters that send a WMI cmdlet to the target; none when there is no target.
    .DESCRIPTION
    By DCOM, which every Windows with WMI has. Fails at once when WMI of the target has not answered since it was entered: each
    try would wait for half a minute.
    #>
    [CmdletBinding()]
    param()
    $target = $script:FbTarget
    if ($null -eq $target) { return @{} }
    if ($target.IsWmiSilent) {
        $message = 'WMI of {0} ({1}) does not answer relay {2}' -f $target.Name, $target.Address, $target.Relay
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_CONNECT_TIMEOUT' -Message $message -Target $target.Name))
    }
    if (Get-Command -Name Get-WmiObject -CommandType Cmdlet -ErrorAction SilentlyContinue) {
        $parameters = @{ ComputerName = $target.Address }
        if ($null -ne $target.Credential) { $parameters.Credential = $target.Credential }
        return $parameters
    }
    if ($null -eq $target.Cim) {
        $session = @{ ComputerName = $target.Address; SessionOption = (New-CimSessionOption -Protocol Dcom); ErrorAction = 'Stop' }
        if ($null -ne $target.Credential) { $session.Credential = $target.Credential }
        $target.Cim = New-CimSession @session
    }
    @{ CimSession = $target.Cim }
}
