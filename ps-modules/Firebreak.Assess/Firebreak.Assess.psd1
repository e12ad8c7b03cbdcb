@{
    ModuleVersion     = '0.1.0'
    GUID              = 'b2a5a2d6-6f0a-4f0c-9a6a-3c1f6f5a1c07'
    Author            = 'Firebreak'
    Description       = 'Security configuration and weak passwords'
    PowerShellVersion = '2.0'
    FunctionsToExport = @(
        'Get-FbAssessment',
        'Test-FbWeakPassword'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
