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
    foreach ($job in @(Get-FbChildName -Path $folder)) {
        if ($job) { $ours += @((Get-FbJobState -Folder "$folder\$job" -Process $processes).ProcessIds) }
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
