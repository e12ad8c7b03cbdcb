function Get-FbInstaller {
    <#
    .SYNOPSIS
    Whether any installer is at work, ours or another: Busy, Names.
    #>
    [CmdletBinding()]
    param()
    $names = @()
    foreach ($process in @(Select-FbOtherInstaller -Process (Get-FbInstallerProcess))) {
        $names += '{0} ({1})' -f $process.Name, $process.Id
    }
    New-Object -TypeName PSObject -Property @{ Busy = ($names.Count -gt 0); Names = $names }
}
