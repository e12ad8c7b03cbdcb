function Get-FbPasswordPolicy {
    <#
    .SYNOPSIS
    Password policy of local accounts: Readable, MinLength, History, MaxAgeDays ($null = never), LockoutThreshold (0 = never), Error.
    .DESCRIPTION
    Of net accounts, whose text is localised and whose order of lines is not. No password is tried: a guess counts as a bad
    logon and can lock the account out.
    #>
    [CmdletBinding()]
    param()
    $result = @{ Readable = $false; MinLength = $null; History = $null; MaxAgeDays = $null; LockoutThreshold = $null; Error = '' }
    try {
        $said = Invoke-FbProgram -FilePath 'net.exe' -ArgumentList @('accounts') -TimeoutSeconds 60
        $last = @()
        foreach ($line in $said.Output) { if ($line -match '\s(\S+)$') { $last += $Matches[1] } }
        if ($said.ExitCode -ne 0) { $result.Error = 'net accounts ended with {0}' -f $said.ExitCode }
        # A length is always a number: where it is none, these are not the lines that are meant.
        elseif ($last.Count -lt 8 -or $last[3] -notmatch '^\d+$') { $result.Error = 'net accounts said something else' }
        else {
            $result.Readable = $true
            $result.MinLength = [int] $last[3]
            # A word stands for none or never.
            if ($last[2] -match '^\d+$') { $result.MaxAgeDays = [int] $last[2] }
            $result.History = 0
            if ($last[4] -match '^\d+$') { $result.History = [int] $last[4] }
            $result.LockoutThreshold = 0
            if ($last[5] -match '^\d+$') { $result.LockoutThreshold = [int] $last[5] }
        }
    }
    catch { $result.Error = $_.Exception.GetBaseException().Message }
    New-Object -TypeName PSObject -Property $result
}
