@{
    ModuleVersion     = '0.1.0'
    GUID              = 'b2a5a2d6-6f0a-4f0c-9a6a-3c1f6f5a1c04'
    Author            = 'Firebreak'
    Description       = 'Temporary mitigations and their timers on the host'
    PowerShellVersion = '2.0'
    FunctionsToExport = @(
        'Confirm-FbShield',
        'Get-FbDcomShield',
        'Get-FbExceptionShield',
        'Get-FbFirewallShield',
        'Get-FbHttpServer',
        'Get-FbIpsecShield',
        'Get-FbRegistryShield',
        'Get-FbRpcProxyShield',
        'Get-FbServiceShield',
        'Restore-FbDcomShield',
        'Restore-FbExceptionShield',
        'Restore-FbFirewallShield',
        'Restore-FbIpsecShield',
        'Restore-FbRegistryShield',
        'Restore-FbRpcProxyShield',
        'Restore-FbServiceShield',
        'Set-FbDcomShield',
        'Set-FbExceptionShield',
        'Set-FbFirewallShield',
        'Set-FbIpsecShield',
        'Set-FbRegistryShield',
        'Set-FbRpcProxyShield',
        'Set-FbServiceShield'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
