@{
    ModuleVersion     = '0.1.0'
    GUID              = 'b2a5a2d6-6f0a-4f0c-9a6a-3c1f6f5a1c01'
    Author            = 'Firebreak'
    Description       = 'Shims through which the other modules touch the machine'
    PowerShellVersion = '2.0'
    FunctionsToExport = @(
        'ConvertTo-FbCommandLine',
        'ConvertTo-FbRegistryPath',
        'ConvertTo-FbTime',
        'Enter-FbTarget',
        'Exit-FbTarget',
        'Get-FbArchitecture',
        'Get-FbBootTime',
        'Get-FbChildName',
        'Get-FbDataFolder',
        'Get-FbDependentService',
        'Get-FbEvent',
        'Get-FbFileInfo',
        'Get-FbIdentity',
        'Get-FbListener',
        'Get-FbLogExcerpt',
        'Get-FbPendingReboot',
        'Get-FbRegistryName',
        'Get-FbRegistryValue',
        'Get-FbService',
        'Get-FbRelayAddress',
        'Get-FbSha256',
        'Get-FbShell',
        'Get-FbSystemFolder',
        'Get-FbTarget',
        'Get-FbText',
        'Get-FbTime',
        'Get-FbWmi',
        'Invoke-FbProgram',
        'Invoke-FbRelayProgram',
        'Invoke-FbWmiMethod',
        'Move-FbFile',
        'New-FbErrorRecord',
        'New-FbFolder',
        'Open-FbFile',
        'Open-FbWebResponse',
        'Register-FbTask',
        'Remove-FbFile',
        'Remove-FbRegistryKey',
        'Remove-FbRegistryValue',
        'Resolve-FbPath',
        'Set-FbRegistryValue',
        'Set-FbService',
        'Set-FbServiceFailure',
        'Set-FbText',
        'Start-FbScript',
        'Stop-FbCountdown',
        'Test-FbFile',
        'Test-FbTask',
        'Test-FbWmi',
        'Unregister-FbTask'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
