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
    $receipt = ConvertFrom-FbState -Text (Get-FbText -Path "$Folder\receipt.txt")
    if ($receipt.Count -gt 0) {
        $result.Exists = $true
        $result.Sha256 = $receipt.sha256
        $result.Run = $receipt.run
        $result.Step = $receipt.step
        $result.Claimed = $receipt.claimed
        if ($receipt.log) { $result.Log = $receipt.log }
        $started = ConvertFrom-FbState -Text (Get-FbText -Path "$Folder\started.txt")
        if ($started.at) { $result.Started = $started.at }
        # A .cmd file knows no time that could be read everywhere: its files tell theirs.
        elseif (Test-FbFile -Path "$Folder\claim") { $result.Started = Get-FbJobTime -Path "$Folder\started.txt" -Otherwise $receipt.claimed }
        $installer = ConvertFrom-FbState -Text (Get-FbText -Path "$Folder\process.txt")
        $wanted = $receipt.program -replace '^.*\\', ''
        $isOwnProgram = "$($receipt.program)" -like ((Get-FbDataFolder) + '\*')
        foreach ($each in $Process) {
            # PowerShell 2 goes once through nothing.
            if ($null -eq $each) { continue }
            # A process id is used again: the name has to fit too.
            $isInstaller = "$($each.Id)" -eq $installer.pid -and $each.Name -eq $wanted
            $isScript = "$($each.Id)" -eq $started.pid -and $each.Name -eq 'powershell.exe'
            # A package that is a program itself lies in a place of its own.
            $isPackage = $isOwnProgram -and $each.Path -eq $receipt.program
            # What the package started: it comes behind its parent.
            $isChild = @($result.ProcessIds) -contains $each.ParentId
            if ($isInstaller -or $isScript -or $isPackage -or $isChild) {
                $result.ProcessAlive = $true
                $result.ProcessIds += $each.Id
            }
        }
        if (Test-FbJobOutput -Folder $Folder) { $result.ProcessAlive = $true }
        # Last, so that an end between the two readings shows as an end.
        $exit = ConvertFrom-FbState -Text (Get-FbText -Path "$Folder\exit.txt")
        if ($exit.code) {
            $result.ExitCode = [long] $exit.code
            $result.Ended = $exit.at
            if (-not $exit.at) { $result.Ended = Get-FbJobTime -Path "$Folder\exit.txt" -Otherwise $result.Started }
            $result.ProcessAlive = $false
            if ($exit.error) { $result.Error = $exit.error }
        }
    }
    New-Object -TypeName PSObject -Property $result
}
