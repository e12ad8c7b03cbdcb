function Get-FbJobState {
    <#
    .SYNOPSIS
    State of the installation in one folder, from its files and the processes that run.
    #>
    [CmdletBinding()]
    param([string] $Folder, [object[]] $Process)
    $result = @{
        Exists = $false; Sha256 = $null; Run = $null; Step = $null; Claimed = $null; Started = $null
        ProcessAlive = $false; ProcessIds = @(); ExitCode = $null; Ended = $null; Log = $null; Error = $null
    }
    $receipt = ConvertFrom-FbState -Text (Get-FbText -Path (Join-Path -Path $Folder -ChildPath 'receipt.txt'))
    if ($receipt.Count -gt 0) {
        $result.Exists = $true
        $result.Sha256 = $receipt.sha256
        $result.Run = $receipt.run
        $result.Step = $receipt.step
        $result.Claimed = $receipt.claimed
        if ($receipt.log) { $result.Log = $receipt.log }
        $started = ConvertFrom-FbState -Text (Get-FbText -Path (Join-Path -Path $Folder -ChildPath 'started.txt'))
        if ($started.at) { $result.Started = $started.at }
        $installer = ConvertFrom-FbState -Text (Get-FbText -Path (Join-Path -Path $Folder -ChildPath 'process.txt'))
        $wanted = $receipt.program -replace '^.*\\', ''
        foreach ($each in $Process) {
            # PowerShell 2 goes once through nothing.
            if ($null -eq $each) { continue }
            # A process id is used again: the name has to fit too.
            $isInstaller = "$($each.Id)" -eq $installer.pid -and $each.Name -eq $wanted
            $isScript = "$($each.Id)" -eq $started.pid -and $each.Name -eq 'powershell.exe'
            if ($isInstaller -or $isScript) {
                $result.ProcessAlive = $true
                $result.ProcessIds += $each.Id
            }
        }
        # Last, so that an end between the two readings shows as an end.
        $exit = ConvertFrom-FbState -Text (Get-FbText -Path (Join-Path -Path $Folder -ChildPath 'exit.txt'))
        if ($exit.code) {
            $result.ExitCode = [long] $exit.code
            $result.Ended = $exit.at
            $result.ProcessAlive = $false
            if ($exit.error) { $result.Error = $exit.error }
        }
    }
    New-Object -TypeName PSObject -Property $result
}
