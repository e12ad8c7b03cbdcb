function Add-FbIpsecObject {
    <#
    .SYNOPSIS
    Makes the policy of a shield, not assigned yet: ports blocked for everybody, permitted for the exempt addresses.
    .DESCRIPTION
    The most specific filter wins, so a permit for one address comes before the block for all.
    .PARAMETER Tool
    From Get-FbIpsecTool.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([object] $Tool, [string] $Name, [int[]] $Tcp, [int[]] $Udp, [string[]] $Exempt)
    if (-not $PSCmdlet.ShouldProcess($Name, 'make IPsec objects')) { return }
    $ports = @()
    foreach ($port in $Tcp) { $ports += , @('TCP', $port) }
    foreach ($port in $Udp) { $ports += , @('UDP', $port) }
    if ($Tool.Name -ne 'netsh') {
        # These systems know no IPv6 filters, and nobody reaches them by IPv6.
        $sources = @($Exempt | Where-Object { $_ -and $_ -notmatch ':' })
        $filters = @()
        foreach ($source in $sources) {
            foreach ($port in $ports) { $filters += "$source+0:$($port[1]):$($port[0])" }
        }
        $policy = @('-w', 'REG', '-p', $Name)
        if ($filters.Count -gt 0) { Invoke-FbIpsecCommand -Tool $Tool -Command ($policy + @('-r', "$Name-permit", '-f') + $filters + @('-n', 'PASS')) }
        $filters = @()
        foreach ($port in $ports) { $filters += "*=0:$($port[1]):$($port[0])" }
        Invoke-FbIpsecCommand -Tool $Tool -Command ($policy + @('-r', "$Name-block", '-f') + $filters + @('-n', 'BLOCK'))
        return
    }
    Invoke-FbIpsecCommand -Tool $Tool -Command @('add', 'policy', "name=$Name", 'description=Firebreak shield', 'assign=no')
    # Permits first: what is cut off half-way never blocks those that have to get in.
    foreach ($action in @('permit', 'block')) {
        if ($action -eq 'permit' -and $Exempt.Count -eq 0) { continue }
        Invoke-FbIpsecCommand -Tool $Tool -Command @('add', 'filteraction', "name=$Name-$action", "action=$action")
        Invoke-FbIpsecCommand -Tool $Tool -Command @('add', 'filterlist', "name=$Name-$action")
        $sources = @('any')
        if ($action -eq 'permit') { $sources = $Exempt }
        foreach ($source in $sources) {
            foreach ($port in $ports) {
                $filter = @("filterlist=$Name-$action", "srcaddr=$source", 'dstaddr=me', "protocol=$($port[0])", 'srcport=0', "dstport=$($port[1])", 'mirrored=no')
                Invoke-FbIpsecCommand -Tool $Tool -Command (@('add', 'filter') + $filter)
            }
        }
        Invoke-FbIpsecCommand -Tool $Tool -Command @('add', 'rule', "name=$Name-$action", "policy=$Name", "filterlist=$Name-$action", "filteraction=$Name-$action")
    }
}
