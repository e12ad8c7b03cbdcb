function Get-FbFirewallKind {
    <#
    .SYNOPSIS
    Which firewall the system has: Kind (rules, exceptions, connections, none), Prohibited, Error.
    .DESCRIPTION
    Told by what is there. rules: Windows Firewall since Vista, which can block by port and source. exceptions: that of XP SP2
    and 2003 SP1, which blocks everything but exceptions. connections: the Internet Connection Firewall of XP and 2003, which
    blocks everything on a connection. Prohibited: a Group Policy forbids the latter on the network of the domain.
    #>
    [CmdletBinding()]
    param()
    $result = @{ Kind = 'none'; Prohibited = $false; Error = '' }
    $service = 'HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess'
    $policy = Get-FbRegistryName -Path "$service\Parameters\FirewallPolicy"
    $sharing = Get-FbRegistryName -Path 'HKLM\SOFTWARE\Classes\HNetCfg.HNetShare'
    $forbidden = Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Policies\Microsoft\Windows\Network Connections' -Name 'NC_PersonalFirewallConfig'
    if (-not $policy.Readable) { $result.Error = 'its settings in the registry could not be read' }
    # The API of Internet Connection Sharing came with the firewall for connections; Windows 2000 shares without it.
    elseif (@($policy.SubKeys) -contains 'FirewallRules') { $result.Kind = 'rules' }
    elseif ($policy.KeyPresent) { $result.Kind = 'exceptions' }
    elseif ($sharing.KeyPresent -and (Get-FbRegistryName -Path $service).KeyPresent) { $result.Kind = 'connections' }
    $result.Prohibited = [bool] ($forbidden.Present -and [string] $forbidden.Value -eq '0')
    New-Object -TypeName PSObject -Property $result
}
