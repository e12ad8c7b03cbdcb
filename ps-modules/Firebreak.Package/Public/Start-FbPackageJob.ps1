function Start-FbPackageJob {
    <#
    .SYNOPSIS
    Starts the installation of a package as the SYSTEM account, at most once: Changed, State, Reason.
    .DESCRIPTION
    The receipt is a file that exactly one caller can make. State: started; running (somebody's claim is at work);
    finished (this run's has ended); vanished (it began and went away without an exit code: never started again);
    busy (another installer is at work); failed (Reason). An installation that an earlier run has ended is put aside
    and the package is claimed anew. A target runs it by its service manager, which starts things as SYSTEM at once; by
    WMI, as the account of the credential, only where the service manager does not.
    .PARAMETER Subject
    What is removed, as Get-FbRemoval names it. There is no package then: Sha256 is that of the request, Path names it for people.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[0-9A-Fa-f]{64}$')] [string] $Sha256,
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [string] $Engine,
        [AllowEmptyCollection()] [string[]] $Switches = @(),
        [Parameter(Mandatory = $true)] [string] $Run,
        [Parameter(Mandatory = $true)] [string] $Step,
        [string] $Subject = ''
    )
    $result = @{ Changed = $false; State = 'failed'; Reason = $null }
    $folder = Get-FbJobFolder -Sha256 $Sha256
    $receipt = "$folder\receipt.txt"
    $job = Get-FbPackageJob -Sha256 $Sha256
    $isMine = $job.Run -eq $Run
    $command = Get-FbEngineCommand -Engine $Engine -Path $Path -Switches $Switches -LogPath "$folder\install.log" -Subject $Subject
    if ($job.Exists -and $job.ProcessAlive) { $result.State = 'running' }
    elseif ($job.Exists -and $null -ne $job.ExitCode -and $isMine) { $result.State = 'finished' }
    elseif ($job.Exists -and $job.Started -and $null -eq $job.ExitCode) { $result.State = 'vanished' }
    elseif ($job.Exists -and -not $job.Started -and -not $isMine) { $result.State = 'running' }
    elseif ($null -eq $command) { $result.Reason = "the engine $Engine is not there yet" }
    elseif ($job.OtherInstallers.Count -gt 0) {
        $result.State = 'busy'
        $result.Reason = $job.OtherInstallers -join ', '
    }
    elseif (-not $Subject -and -not (Test-FbFile -Path $Path -PathType Leaf)) { $result.Reason = "$Path does not exist" }
    elseif (-not $Subject -and (Get-FbSha256 -Path $Path) -ne $Sha256.ToLower()) { $result.Reason = "$Path has another SHA-256" }
    elseif ($PSCmdlet.ShouldProcess($Path, "run $Engine")) {
        try {
            if ($job.Exists -and -not $isMine) {
                $aside = '{0}.{1}' -f $folder, ((ConvertTo-FbTime -Value (Get-FbTime)) -replace '\D', '')
                Move-FbFile -Path $folder -Destination $aside
            }
            New-FbFolder -Path $folder
            $lines = @(
                "sha256=$($Sha256.ToLower())", "run=$Run", "step=$Step", "claimed=$(ConvertTo-FbTime -Value (Get-FbTime))",
                "program=$($command.Program)", "arguments=$($command.Arguments)", "log=$($command.Log)", ''
            )
            if (-not ($job.Exists -and $isMine)) { Set-FbText -Path $receipt -Text ($lines -join "`r`n") -Mode CreateNew }
            if ($null -ne (Get-FbTarget)) {
                Set-FbText -Path "$folder\install.cmd" -Text (Get-FbJobCommand -Folder $folder -Program $command.Program -Arguments $command.Arguments) -Encoding Oem
                $null = Start-FbScript -Path "$folder\install.cmd" -AsSystem
            }
            else {
                Set-FbText -Path "$folder\install.ps1" -Text (Get-FbJobScript)
                $task = '\Firebreak\job-{0}' -f $Sha256.ToLower().Substring(0, 16)
                Register-FbTask -Name $task -ScriptPath "$folder\install.ps1" -Argument ('"{0}"' -f $folder) -Start
            }
            $result.Changed = $true
            $result.State = 'started'
        }
        catch {
            $result.Reason = $_.Exception.Message
            # Two callers at once: the other has made the receipt.
            $now = Get-FbJobState -Folder $folder -Process @()
            if ($now.Exists -and $now.Run -ne $Run) { $result.State = 'running' }
        }
    }
    New-Object -TypeName PSObject -Property $result
}
