function Get-FbAuditPolicy {
    <#
    .SYNOPSIS
    Whether logons are audited: Readable, Error, Logon (0 nothing, 1 success, 2 failure, 3 both).
    .DESCRIPTION
    The numbers of auditpol (Vista and later) and of secedit (2000 to 2003): what they print is localised, what they save is
    not. They write a working file, which is removed. NT 4.0 has neither.
    .PARAMETER Version
    Of the system: 5.1
    #>
    [CmdletBinding()]
    param([string] $Version = '')
    $result = @{ Readable = $false; Error = ''; Logon = $null }
    $major = 0
    if ($Version -match '^(\d+)\.') { $major = [int] $Matches[1] }
    if ($major -lt 5) {
        $result.Error = 'the system has no program that tells'
        return New-Object -TypeName PSObject -Property $result
    }
    $folder = Get-FbDataFolder
    $file = '{0}\audit-{1}.tmp' -f $folder, [Guid]::NewGuid().ToString('N')
    try {
        New-FbFolder -Path $folder -WhatIf:$false
        # The subcategory Logon; the line of the template.
        $pattern = '(?im)\{0cce9215-69ae-11d9-bed3-505054503030\}.*,(\d)\s*$'
        if ($major -ge 6) { $said = Invoke-FbProgram -FilePath 'auditpol.exe' -ArgumentList @('/backup', "/file:$file") -TimeoutSeconds 60 }
        else {
            $pattern = '(?im)^\s*AuditLogonEvents\s*=\s*(\d)'
            $said = Invoke-FbProgram -FilePath 'secedit.exe' -ArgumentList @('/export', '/cfg', $file, '/areas', 'SECURITYPOLICY', '/quiet') -TimeoutSeconds 60
        }
        $text = ''
        if (Test-FbFile -Path $file) { $text = [string] (Get-FbText -Path $file) }
        if ($text -match $pattern) {
            $result.Readable = $true
            $result.Logon = [int] $Matches[1]
        }
        else { $result.Error = 'the program that tells ended with {0}: {1}' -f $said.ExitCode, ($said.Output -join ' ') }
    }
    catch { $result.Error = $_.Exception.GetBaseException().Message }
    finally {
        try { Remove-FbFile -Path $file -WhatIf:$false } catch { $text = '' }
    }
    New-Object -TypeName PSObject -Property $result
}
