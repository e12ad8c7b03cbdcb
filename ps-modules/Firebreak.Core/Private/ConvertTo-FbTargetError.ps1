function ConvertTo-FbTargetError {
    <#
    .SYNOPSIS
    The error record that says by its id why the target could not be entered, and names relay and target.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [object] $ErrorRecord)
    if ([string] $ErrorRecord.FullyQualifiedErrorId -like 'FB_*') { return $ErrorRecord }
    $target = $script:FbTarget
    $code = Get-FbErrorCode -ErrorRecord $ErrorRecord
    $why = $ErrorRecord.Exception.GetBaseException().Message.Trim()
    # access denied, wrong password, refused logons and their reasons
    $denied = @(5, 86, 1265, 1311, 1326, 1327, 1328, 1329, 1330, 1331, 1385, 1396, 1398, 1787, 1788, 1789, 1792, 1793, 1907, 1909)
    # bad path, no such host, unreachable network, time-outs, RPC server unavailable
    $silent = @(51, 53, 121, 1231, 1232, 1460, 1722, 1723, 10060)
    $id = 'FB_CONNECT_REFUSED'
    if ($denied -contains $code) { $id = 'FB_AUTH_DENIED' }
    elseif ($silent -contains $code) { $id = 'FB_CONNECT_TIMEOUT' }
    $message = 'relay {0} does not get to {1} ({2}): {3} ({4})' -f $target.Relay, $target.Name, $target.Address, $why, $code
    if ($id -eq 'FB_AUTH_DENIED' -and $null -eq $target.Credential) {
        $message += '. No credential was given for it, and the logon that brought us to the relay goes no further: a second hop needs a credential of its own'
    }
    New-FbErrorRecord -Id $id -Message $message -Target $target.Name
}
