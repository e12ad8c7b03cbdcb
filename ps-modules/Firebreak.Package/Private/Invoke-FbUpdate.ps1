function Invoke-FbUpdate {
    <#
    .SYNOPSIS
    Installs updates through the Windows Update Agent and gives the exit code; runs as a task of the host, without any controller.
    .DESCRIPTION
    The agent refuses to download and install in a remote session. What became of each update is written to ResultPath, a
    line each: KB|state|HRESULT|restart|title. States: installed, pending (waits for a restart since before), failed,
    needs-user, already, not-offered.
    .PARAMETER Kb
    Numbers without KB.
    .PARAMETER Category
    Ids of categories, which are the same in all languages.
    .PARAMETER Server
    0: as the host is set, 1: its WSUS, 2: Windows Update.
    #>
    [CmdletBinding()]
    param([string[]] $Kb = @(), [string[]] $Category = @(), [int] $Server = 0, [string] $ResultPath)
    $lines = @()
    $code = 0
    $reboot = $false
    $seen = @()
    try {
        Set-FbText -Path $ResultPath -Text ''
        $session = New-Object -ComObject 'Microsoft.Update.Session'
        $session.ClientApplicationID = 'Firebreak'
        $searcher = $session.CreateUpdateSearcher()
        $searcher.ServerSelection = $Server
        $wanted = New-Object -ComObject 'Microsoft.Update.UpdateColl'
        $names = @()
        $installer = $session.CreateUpdateInstaller()
        foreach ($installed in 0, 1) {
            $found = $searcher.Search("IsInstalled=$installed and IsHidden=0").Updates
            for ($at = 0; $at -lt $found.Count; $at++) {
                $update = $found.Item($at)
                $number = ''
                for ($n = 0; $n -lt $update.KBArticleIDs.Count; $n++) { $number = [string] $update.KBArticleIDs.Item($n) }
                $isMeant = $number -and $Kb -contains $number
                for ($n = 0; $n -lt $update.Categories.Count; $n++) {
                    if ($Category -contains [string] $update.Categories.Item($n).CategoryID -and $installed -eq 0) { $isMeant = $true }
                }
                if (-not $isMeant) { continue }
                $seen += $number
                $title = ([string] $update.Title) -replace '[|\r\n]', ' '
                if ($installed -eq 1) { $lines += "KB$number|already|0|0|$title" }
                elseif ($update.RebootRequired) {
                    $reboot = $true
                    $lines += "KB$number|pending|0|1|$title"
                }
                elseif ($update.InstallationBehavior.CanRequestUserInput) {
                    $code = -2145124329
                    $lines += "KB$number|needs-user|0|0|$title"
                }
                else {
                    if (-not $update.EulaAccepted) { $update.AcceptEula() }
                    $null = $wanted.Add($update)
                    $names += "KB$number|{0}|{1}|{2}|$title"
                }
            }
        }
        $missing = 0
        foreach ($number in $Kb) {
            if ($seen -contains $number) { continue }
            $missing++
            $lines += "KB$number|not-offered|0|0|"
        }
        if ($wanted.Count -gt 0) {
            if ($installer.IsBusy) { throw (New-Object -TypeName System.Runtime.InteropServices.COMException -ArgumentList 'another installation is at work', -2145124330) }
            $downloader = $session.CreateUpdateDownloader()
            $downloader.Updates = $wanted
            $download = $downloader.Download()
            if ($download.ResultCode -ne 2 -and $download.ResultCode -ne 3) { throw (New-Object -TypeName System.Runtime.InteropServices.COMException -ArgumentList 'the download failed', $download.HResult) }
            $installer.Updates = $wanted
            $installer.ForceQuiet = $true
            $done = $installer.Install()
            for ($at = 0; $at -lt $wanted.Count; $at++) {
                $one = $done.GetUpdateResult($at)
                $state = 'failed'
                if ($one.ResultCode -eq 2 -or $one.ResultCode -eq 3) { $state = 'installed' }
                elseif ($code -eq 0) { $code = [int] $one.HResult }
                if ($one.RebootRequired) { $reboot = $true }
                $lines += ($names[$at].Replace('{0}', $state).Replace('{1}', "$($one.HResult)").Replace('{2}', "$([int] $one.RebootRequired)"))
            }
        }
        elseif ($code -eq 0 -and -not $reboot) {
            # Nothing to do: all there already, or not meant for this host; which one, patch.verify decides.
            $code = 2359302
            if ($missing -gt 0) { $code = -2145124329 }
        }
        if ($code -eq 0 -and $reboot) { $code = 3010 }
    }
    catch {
        $cause = $_.Exception.GetBaseException()
        $code = -1
        if ($cause -is [UnauthorizedAccessException]) { $code = -2147024891 }
        elseif ($cause -is [System.Runtime.InteropServices.ExternalException]) { $code = $cause.ErrorCode }
        $lines += "|error|$code|0|" + ($cause.Message -replace '[|\r\n]', ' ')
    }
    $lines += ''
    Set-FbText -Path $ResultPath -Text ($lines -join "`r`n")
    $code
}
