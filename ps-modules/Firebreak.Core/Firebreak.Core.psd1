@{
    ModuleVersion     = '0.1.0'
    GUID              = 'b2a5a2d6-6f0a-4f0c-9a6a-3c1f6f5a1c01'
    Author            = 'Firebreak'
    Description       = 'Shims through which the other modules touch the machine'
    PowerShellVersion = '2.0'
    FunctionsToExport = @(
        'Get-FbSha256',
        'New-FbErrorRecord',
        'New-FbFolder',
        'Open-FbFile'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
