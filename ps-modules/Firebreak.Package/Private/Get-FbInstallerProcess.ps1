function Get-FbInstallerProcess {
    <#
    .SYNOPSIS
    Processes that may be installers or the scripts that run them.
    #>
    [CmdletBinding()]
    param()
    $names = @('wusa.exe', 'dism.exe', 'msiexec.exe', 'powershell.exe', 'update.exe', 'hotfix.exe', 'spuninst.exe')
    @(Get-FbProcess -Name $names -Folder (Get-FbDataFolder))
}
