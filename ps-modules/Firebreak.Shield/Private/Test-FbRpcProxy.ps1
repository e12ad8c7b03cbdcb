function Test-FbRpcProxy {
    <#
    .SYNOPSIS
    Whether COM Internet Services or RPC over HTTP are installed: rpcproxy.dll is there; $null when it cannot be told.
    #>
    [CmdletBinding()]
    param()
    $system = Get-FbSystemFolder
    $there = $false
    # In the system folder up to Windows 2000, in a folder of its own since 2003.
    foreach ($path in @("$system\rpcproxy.dll", "$system\RpcProxy\rpcproxy.dll")) {
        $found = (Get-FbFileInfo -Path $path).Exists
        if ($found) { return $true }
        if ($null -eq $found) { $there = $null }
    }
    $there
}
