@{
    ModuleVersion     = '0.1.0'
    GUID              = 'b2a5a2d6-6f0a-4f0c-9a6a-3c1f6f5a1c09'
    Author            = 'Firebreak'
    Description       = 'What an attack on a service leaves in the event log, and holding off the restart that follows'
    PowerShellVersion = '2.0'
    FunctionsToExport = @(
        'Get-FbAttack'
        'Get-FbCrashHold'
        'Get-FbLogon'
        'Restore-FbCrashHold'
        'Set-FbCrashHold'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
