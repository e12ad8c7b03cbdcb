function Add-FbIpsecObject {
    <#
    .SYNOPSIS
    Makes the policy of a shield, not assigned yet: ports blocked for everybody, permitted for the exempt addresses.
    .DESCRIPTION
    The most specific filter wins, so a permit for one address comes before the block for all.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Name, [int[]] $Tcp, [int[]] $Udp, [string[]] $Exempt)
    if (-not $PSCmdlet.ShouldProcess($Name, 'make IPsec objects')) { return }
    Invoke-FbIpsecCommand -Command @('add', 'policy', "name=$Name", 'description=Firebreak shield', 'assign=no')
    foreach ($action in @('block', 'permit')) {
        if ($action -eq 'permit' -and $Exempt.Count -eq 0) { continue }
        Invoke-FbIpsecCommand -Command @('add', 'filteraction', "name=$Name-$action", "action=$action")
        Invoke-FbIpsecCommand -Command @('add', 'filterlist', "name=$Name-$action")
        $sources = @('any')
        if ($action -eq 'permit') { $sources = $Exempt }
        $ports = @()
        foreach ($port in $Tcp) { $ports += , @('TCP', $port) }
        foreach ($port in $Udp) { $ports += , @('UDP', $port) }
        foreach ($source in $sources) {
            foreach ($port in $ports) {
                $filter = @("filterlist=$Name-$action", "srcaddr=$source", 'dstaddr=me', "protocol=$($port[0])", 'srcport=0', "dstport=$($port[1])", 'mirrored=no')
                Invoke-FbIpsecCommand -Command (@('add', 'filter') + $filter)
            }
        }
        Invoke-FbIpsecCommand -Command @('add', 'rule', "name=$Name-$action", "policy=$Name", "filterlist=$Name-$action", "filteraction=$Name-$action")
    }
}
