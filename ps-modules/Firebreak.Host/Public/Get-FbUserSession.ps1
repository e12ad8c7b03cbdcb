function Get-FbUserSession {
    <#
    .SYNOPSIS
    Who is logged on at the console or by Remote Desktop, disconnected sessions too: Readable, Error, Users, Language (0409).
    .DESCRIPTION
    By quser where the system has it: its columns are in order whatever their titles say. Else by WMI, which may name somebody
    who has just logged off. Language is that in which the system speaks to its users; $null = not told.
    #>
    [CmdletBinding()]
    param()
    $result = @{ Readable = $false; Error = ''; Users = @(); Language = $null }
    $own = Get-FbRegistryValue -Path 'HKLM\SYSTEM\CurrentControlSet\Control\MUI\Settings' -Name 'PreferredUILanguages'
    if ($own.Present) { $result.Language = [string] @($own.Value)[0] }
    if (-not $result.Language) { $result.Language = Get-FbInstallLanguage }
    try {
        if (Test-FbFile -Path ('{0}\quser.exe' -f (Get-FbSystemFolder))) {
            $said = Invoke-FbProgram -FilePath 'quser.exe' -TimeoutSeconds 60
            foreach ($line in $said.Output) {
                # Name, name of the session (none when disconnected), number, state.
                if ($line -match '^>?\s*(\S.*?)\s{2,}(?:\S+\s+)?(\d+)\s+\S+') { $result.Users += $Matches[1] }
            }
            # Nobody: a sentence, and 1. Any other failure has a number.
            if ($result.Users.Count -gt 0 -or ($said.ExitCode -le 1 -and "$($said.Output)" -notmatch '\d')) { $result.Readable = $true }
        }
    }
    catch { $result.Error = $_.Exception.GetBaseException().Message }
    if ($result.Readable) { return New-Object -TypeName PSObject -Property $result }
    try {
        # 2 at the console, 10 by Remote Desktop, 11 and 12 the same with a remembered password.
        $sessions = @{}
        foreach ($one in @(Get-FbWmi -Class Win32_LogonSession -Filter 'LogonType=2 OR LogonType=10 OR LogonType=11 OR LogonType=12')) {
            if ($null -ne $one) { $sessions["$($one.LogonId)"] = $true }
        }
        foreach ($pair in @(Get-FbWmi -Class Win32_LoggedOnUser)) {
            if ($null -eq $pair) { continue }
            $id = "$($pair.Dependent.LogonId)"
            $name = "$($pair.Antecedent.Name)"
            # A path by Get-WmiObject, an object by Get-CimInstance.
            if ($pair.Dependent -is [string] -and $pair.Dependent -match 'LogonId="(\d+)"') { $id = $Matches[1] }
            if ($pair.Antecedent -is [string] -and $pair.Antecedent -match 'Name="([^"]*)"') { $name = $Matches[1] }
            # Those of the window manager and of the fonts are nobody's.
            if (-not $sessions.ContainsKey($id) -or $name -match '^(DWM|UMFD)-\d+$') { continue }
            if ($result.Users -notcontains $name) { $result.Users += $name }
        }
        $result.Readable = $true
        $result.Error = ''
    }
    catch { $result.Error = $_.Exception.GetBaseException().Message }
    New-Object -TypeName PSObject -Property $result
}
