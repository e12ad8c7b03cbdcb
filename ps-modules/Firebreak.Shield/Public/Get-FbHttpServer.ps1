function Get-FbHttpServer {
    <#
    .SYNOPSIS
    Whether the host serves HTTP or HTTPS, and whether COM Internet Services or RPC over HTTP are installed.
    .DESCRIPTION
    Serves: $true, $false, or $null when it cannot be told. RpcProxy: rpcproxy.dll is there. Reason: what was seen.
    #>
    [CmdletBinding()]
    param()
    $result = @{ Serves = $null; RpcProxy = (Test-FbRpcProxy); Reason = '' }
    $states = @()
    try {
        foreach ($name in @('W3SVC', 'HTTPFilter')) {
            $service = Get-FbService -Name $name
            if ($service.State -eq 'Running') { $states += "the service $name runs" }
            elseif ($service.Exists -and $null -eq $service.State) { $result.Reason = "it cannot be told whether the service $name runs" }
        }
    }
    catch { $result.Reason = "its services cannot be read: $($_.Exception.Message)" }
    $ports = Get-FbListener
    foreach ($port in @(80, 443)) {
        if (@($ports.Tcp) -contains $port) { $states += "TCP $port is listening" }
    }
    if ($states.Count -gt 0) {
        $result.Serves = $true
        $result.Reason = $states -join ', '
    }
    elseif (-not $ports.Readable) { $result.Reason = "its listening ports cannot be read: $($ports.Error)" }
    elseif (-not $result.Reason) { $result.Serves = $false }
    New-Object -TypeName PSObject -Property $result
}
