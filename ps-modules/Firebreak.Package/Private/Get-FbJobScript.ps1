function Get-FbJobScript {
    <#
    .SYNOPSIS
    Text of the script that the task of an installation runs.
    #>
    [CmdletBinding()]
    param()
    $names = @('Resolve-FbPath', 'Test-FbFile', 'Move-FbFile', 'Open-FbFile', 'Get-FbText', 'Set-FbText', 'Get-FbWmi', 'ConvertTo-FbTime', 'Get-FbTime', 'ConvertFrom-FbState', 'Invoke-FbJob')
    $text = "param([string] `$Folder)`r`n"
    foreach ($name in $names) {
        $definition = (Get-Command -Name $name -CommandType Function -ErrorAction Stop).Definition
        $text += "function $name {`r`n$definition`r`n}`r`n"
    }
    $text + "Invoke-FbJob -Folder `$Folder`r`n"
}
