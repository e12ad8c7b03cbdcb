function Get-FbTimerScript {
    <#
    .SYNOPSIS
    Text of the script that a shield's timers run: this module's own functions and one call.
    #>
    [CmdletBinding()]
    param()
    # Everything that reverting needs; the task's PowerShell knows no modules of ours.
    $names = @(
        'New-FbErrorRecord', 'Get-FbSystemFolder', 'Invoke-FbProgram', 'Get-FbWmi', 'ConvertTo-FbTime', 'Get-FbTime', 'Get-FbDataFolder',
        'ConvertTo-FbRegistryPath', 'Get-FbRegistryValue', 'Get-FbRegistryName', 'Set-FbRegistryValue',
        'Remove-FbRegistryValue', 'Remove-FbRegistryKey', 'Test-FbTask', 'Unregister-FbTask',
        'Get-FbIpsecAssignment', 'Get-FbPolicyAgent', 'Set-FbPolicyAgent', 'Get-FbShieldKey', 'Get-FbShieldRecord',
        'Get-FbShieldTask', 'Get-FbShieldFolder', 'Clear-FbShield', 'Invoke-FbIpsecCommand', 'Remove-FbIpsecObject',
        'Remove-FbMadePolicyKey', 'Test-FbFloor',
        'Restore-FbIpsecShield', 'Restore-FbRegistryShield', 'Invoke-FbShieldTimer'
    )
    $text = "param([string] `$Id, [string] `$Timer)`r`n"
    foreach ($name in $names) {
        $definition = (Get-Command -Name $name -CommandType Function -ErrorAction Stop).Definition
        $text += "function $name {`r`n$definition`r`n}`r`n"
    }
    $text + "Invoke-FbShieldTimer -Id `$Id -Timer `$Timer`r`n"
}
