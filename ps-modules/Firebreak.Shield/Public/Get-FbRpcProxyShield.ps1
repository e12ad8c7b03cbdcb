function Get-FbRpcProxyShield {
    <#
    .SYNOPSIS
    The RPC proxy (COM Internet Services, RPC over HTTP) as a shield sees it.
    .DESCRIPTION
    Installed: rpcproxy.dll is there. Enabled: number of the value, $null = absent. ValidPorts: HasPorts, PortsType, Ports.
    Generation 1: NT 4.0 and 2000, 2: from 2003 on. Web: state of the web service, 'none' without one, $null = cannot be told.
    Directory: the web server has a folder /Rpc; $null where its configuration is no text. InEffect: see Name.
    .PARAMETER Name
    The value that the shield writes: InEffect says whether the proxy has read it since, $null when nobody can tell.
    .PARAMETER Survey
    Also what only a shield that is to go up needs to know: Installed, Directory.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [ValidateSet('ValidPorts', 'Enabled')] [string] $Name = 'ValidPorts',
        [switch] $Survey
    )
    $key = 'HKLM\SOFTWARE\Microsoft\Rpc\RpcProxy'
    $enabled = Get-FbRegistryValue -Path $key -Name 'Enabled'
    $ports = Get-FbRegistryValue -Path $key -Name 'ValidPorts'
    $record = Get-FbShieldRecord -Id $Id
    $generation = 1
    $version = [string] (Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion' -Name 'CurrentVersion').Value
    if ($version -match '^(\d+)\.(\d+)$' -and (100 * [int] $Matches[1] + [int] $Matches[2]) -ge 502) { $generation = 2 }
    $web = $null
    try {
        $service = Get-FbService -Name 'W3SVC'
        $web = $(if ($service.Exists) { $service.State } else { 'none' })
    }
    catch { $web = $null }
    $result = @{
        Installed    = $null
        Directory    = $null
        Enabled      = $null
        EnabledType  = $enabled.Type
        HasPorts     = [bool] $ports.Present
        PortsType    = $ports.Type
        Ports        = $null
        Generation   = $generation
        Web          = $web
        InEffect     = (Test-FbProxyInEffect -Id $Id -Name $Name -Web ([string] $web) -Generation $generation -Record $record)
        Other        = ''
        ConfirmArmed = $false
        Recorded     = [bool] ($record.Count -gt 0)
        Relayed      = ($null -ne (Get-FbTarget))
        Readable     = [bool] ($enabled.Readable -and $ports.Readable)
    }
    if ($enabled.Type -eq 'DWord') { $result.Enabled = [long] $enabled.Value }
    if ($ports.Type -eq 'String' -or $ports.Type -eq 'ExpandString') { $result.Ports = [string] $ports.Value }
    # A target has no timer of this kind.
    if (-not $result.Relayed) { $result.ConfirmArmed = [bool] (Test-FbTask -Name (Get-FbShieldTask -Id $Id -Timer confirm)) }
    if ($Survey) {
        $result.Installed = Test-FbRpcProxy
        $result.Other = Get-FbOtherShield -Id $Id -Method 'rpc-http'
        # The configuration of IIS 6, and that of IIS 7 and later.
        foreach ($file in @('inetsrv\MetaBase.xml', 'inetsrv\config\applicationHost.config')) {
            $text = Get-FbText -Path ('{0}\{1}' -f (Get-FbSystemFolder), $file)
            if ($null -ne $text) { $result.Directory = [bool] ($text -match '(?i)/ROOT/Rpc"|path="/Rpc"') }
        }
    }
    New-Object -TypeName PSObject -Property $result
}
