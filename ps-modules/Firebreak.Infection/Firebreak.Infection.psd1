@{
    ModuleVersion     = '0.1.0'
    GUID              = 'b2a5a2d6-6f0a-4f0c-9a6a-3c1f6f5a1c06'
    Author            = 'Firebreak'
    Description       = 'Signs that a host was compromised'
    PowerShellVersion = '2.0'
    FunctionsToExport = @(
        'Get-FbInfection'
        'Get-FbInfectionEvidence'
        'Set-FbInfectionRecord'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
