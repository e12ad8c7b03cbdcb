function Get-FbInstaller {
    <#
    .SYNOPSIS
    Installers that are at work: Names of all, and Others, which are not those of Firebreak's own jobs.
    #>
    [CmdletBinding()]
    param()
    $processes = Get-FbInstallerProcess
    $ours = @()
    $folder = Get-FbJobFolder
    if (Test-Path -LiteralPath $folder -PathType Container) {
        foreach ($job in @(Get-ChildItem -LiteralPath $folder)) {
            $ours += @((Get-FbJobState -Folder (Join-Path -Path $folder -ChildPath $job.Name) -Process $processes).ProcessIds)
        }
    }
    $names = @()
    $others = @()
    foreach ($process in @(Select-FbOtherInstaller -Process $processes)) {
        $name = '{0} ({1})' -f $process.Name, $process.Id
        $names += $name
        if ($ours -notcontains $process.Id) { $others += $name }
    }
    New-Object -TypeName PSObject -Property @{ Names = $names; Others = $others }
}
