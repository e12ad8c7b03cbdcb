@{
    ModuleVersion     = '0.1.0'
    GUID              = 'b2a5a2d6-6f0a-4f0c-9a6a-3c1f6f5a1c05'
    Author            = 'Firebreak'
    Description       = 'Detached installation of packages'
    PowerShellVersion = '2.0'
    FunctionsToExport = @(
        'Get-FbInstaller'
        'Get-FbPackageJob'
        'Get-FbPackageLog'
        'Get-FbRemoval'
        'Get-FbSignature'
        'Get-FbUpdateResult'
        'New-FbUpdateRequest'
        'Start-FbPackageJob'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
