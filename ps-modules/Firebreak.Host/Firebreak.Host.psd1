@{
    ModuleVersion     = '0.1.0'
    GUID              = 'b2a5a2d6-6f0a-4f0c-9a6a-3c1f6f5a1c02'
    Author            = 'Firebreak'
    Description       = 'Facts, boot state, reboot, health, files and the lease marker of a host'
    PowerShellVersion = '2.0'
    FunctionsToExport = @(
        'Add-FbFileChunk',
        'Complete-FbFile',
        'Get-FbBootState',
        'Get-FbDiagnosis',
        'Get-FbDirectoryComputer',
        'Get-FbEvidence',
        'Get-FbFact',
        'Get-FbFileHash',
        'Get-FbHealth',
        'Get-FbLease',
        'Get-FbTransfer',
        'Get-FbUserSession',
        'Read-FbFile',
        'Remove-FbLease',
        'Restart-FbHost',
        'Save-FbWebFile',
        'Set-FbLease'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
