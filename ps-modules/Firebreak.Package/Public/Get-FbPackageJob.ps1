function Get-FbPackageJob {
    <#
    .SYNOPSIS
    State of the detached installation of a package: Exists, Run, Step, Claimed, Started, ProcessAlive, ExitCode, Ended, Now.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [ValidatePattern('^[0-9A-Fa-f]{64}$')] [string] $Sha256)
    $processes = Get-FbInstallerProcess
    $folder = Get-FbJobFolder -Sha256 $Sha256
    $job = Get-FbJobState -Folder $folder -Process $processes
    if ($job.Exists -and $job.Started -and -not $job.ProcessAlive -and $null -eq $job.ExitCode) {
        # The installer has just ended and its exit code is being written, or it is about to be started: look once more.
        Start-Sleep -Seconds 2
        $processes = Get-FbInstallerProcess
        $job = Get-FbJobState -Folder $folder -Process $processes
    }
    $others = @(Select-FbOtherInstaller -Process $processes -Except @($job.ProcessIds))
    $names = @()
    foreach ($other in $others) { $names += '{0} ({1})' -f $other.Name, $other.Id }
    New-Object -TypeName PSObject -Property @{
        Exists          = $job.Exists
        Run             = $job.Run
        Step            = $job.Step
        Claimed         = $job.Claimed
        Now             = ConvertTo-FbTime -Value (Get-FbTime)
        Started         = $job.Started
        ProcessAlive    = [bool] $job.ProcessAlive
        ExitCode        = $job.ExitCode
        Ended           = $job.Ended
        Log             = $job.Log
        Error           = $job.Error
        OtherInstallers = $names
    }
}
