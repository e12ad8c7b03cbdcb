function Get-FbLocalAccount {
    <#
    .SYNOPSIS
    Local accounts by WMI: Readable, Error, Accounts (Name, Rid, Disabled, Lockout, PasswordRequired, PasswordExpires; $null = not told).
    #>
    [CmdletBinding()]
    param()
    $result = @{ Readable = $false; Error = ''; Accounts = @() }
    try {
        $found = @(Get-FbWmi -Class Win32_UserAccount -Filter 'LocalAccount=TRUE')
        foreach ($account in $found) {
            if ($null -eq $account -or "$($account.SID)" -notmatch '^S-1-5-21-.*-(\d+)$') { continue }
            $one = @{ Name = [string] $account.Name; Rid = [int] $Matches[1] }
            foreach ($flag in @('Disabled', 'Lockout', 'PasswordRequired', 'PasswordExpires')) {
                $one[$flag] = $null
                if ($null -ne $account.$flag) { $one[$flag] = [bool] $account.$flag }
            }
            $result.Accounts += New-Object -TypeName PSObject -Property $one
        }
        $result.Readable = $true
    }
    catch { $result.Error = $_.Exception.GetBaseException().Message }
    New-Object -TypeName PSObject -Property $result
}
