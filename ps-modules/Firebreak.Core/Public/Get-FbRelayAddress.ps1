function Get-FbRelayAddress {
    <#
    .SYNOPSIS
    The address of this machine as the target sees it; nothing without a target, or when it cannot be told.
    #>
    [CmdletBinding()]
    param()
    $target = $script:FbTarget
    if ($null -eq $target) { return }
    $client = $null
    try {
        # A UDP socket sends nothing when it is connected: the system only picks the way.
        $client = New-Object -TypeName System.Net.Sockets.UdpClient -ArgumentList $target.Address, 135
        [string] $client.Client.LocalEndPoint.Address
    }
    catch { return }
    finally { if ($null -ne $client) { $client.Close() } }
}
