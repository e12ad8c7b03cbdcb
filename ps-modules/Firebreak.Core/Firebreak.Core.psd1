@{
    ModuleVersion     = '0.1.0'
    GUID              = 'b2a5a2d6-6f0a-4f0c-9a6a-3c1f6f5a1c01'
    Author            = 'Firebreak'
    Description       = 'Shims through which the other modules touch the machine'
    PowerShellVersion = '2.0'
    FunctionsToExport = @(
        'ConvertTo-FbRegistryPath',
        'ConvertTo-FbTime',
        'Get-FbArchitecture',
        'Get-FbDataFolder',
        'Get-FbIdentity',
        'Get-FbPendingReboot',
        'Get-FbRegistryName',
        'Get-FbRegistryValue',
        'Get-FbSha256',
        'Get-FbShell',
        'Get-FbSystemFolder',
        'Get-FbText',
        'Get-FbTime',
        'Get-FbWmi',
        'Invoke-FbProgram',
        'New-FbErrorRecord',
        'New-FbFolder',
        'Open-FbFile',
        'Open-FbWebResponse',
        'Register-FbTask',
        'Remove-FbRegistryKey',
        'Remove-FbRegistryValue',
        'Set-FbRegistryValue',
        'Set-FbText',
        'Test-FbTask',
        'Unregister-FbTask'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
