function Select-FbOtherInstaller {
    <#
    .SYNOPSIS
    Of processes, those that install something; those with the given ids left out.
    #>
    [CmdletBinding()]
    param([object[]] $Process, [int[]] $Except = @())
    foreach ($each in $Process) {
        # PowerShell 2 goes once through nothing.
        if ($null -eq $each) { continue }
        if ($Except -contains $each.Id) { continue }
        switch ($each.Name) {
            'powershell.exe' { }
            # The installer service of Windows lingers without a package.
            'msiexec.exe' { if ($each.CommandLine -match '[/-](i|p|x|package|update|uninstall)\b') { $each } }
            'dism.exe' { if ($each.CommandLine -match '[/-](add|remove)-package\b') { $each } }
            default { $each }
        }
    }
}
