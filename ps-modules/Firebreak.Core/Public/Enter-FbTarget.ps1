function Enter-FbTarget {
    <#
    .SYNOPSIS
    From here on the functions of all modules work on another computer, until Exit-FbTarget. No output.
    .DESCRIPTION
    Opens the connection to the target's admin share, over which its registry and its service manager are reached too, and
    finds out what the target is. Fails with FB_CONNECT_TIMEOUT (it does not answer), FB_CONNECT_REFUSED (it answers, but
    not as needed) or FB_AUTH_DENIED; each names the relay, which is this machine, and the target.
    .PARAMETER Credential
    An administrator of the target. Without one the logon of this session has to do, and a session that was opened over
    the network (NTLM, Kerberos) is nobody on a second machine.
    .PARAMETER PassThru
    Gives what Get-FbTarget would.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9._:%-]+$')] [string] $Address,
        [AllowNull()] [object] $Credential = $null,
        [switch] $PassThru
    )
    Exit-FbTarget
    $script:FbTarget = @{
        Name = $Name; Address = $Address; Credential = $Credential; Relay = [string] $env:COMPUTERNAME
        # A colon cannot stand in a UNC path.
        UncHost = $Address; Drive = $false; BaseKey = $null; RegistryBy = $null; Cim = $null; IsWmiSilent = $false
        SystemRoot = $null; Version = $null; Build = $null; ServicePack = $null; Architecture = $null
    }
    if ($Address -match ':') { $script:FbTarget.UncHost = ($Address -replace ':', '-' -replace '%', 's') + '.ipv6-literal.net' }
    try {
        Connect-FbTarget
        Select-FbTargetRegistry
        Read-FbTargetSystem
    }
    catch {
        $record = ConvertTo-FbTargetError -ErrorRecord $_
        Exit-FbTarget
        # Ends the caller's script too: what it does next on a target must never be done on the relay instead.
        throw $record
    }
    if ($PassThru) { Get-FbTarget }
}
