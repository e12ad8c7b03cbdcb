function Set-FbNativeRegistryValue {
    <#
    .SYNOPSIS
    Writes a registry value by the native reg.exe, for 32-bit processes on 64-bit systems.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Path, [string] $Name, [string] $Type, [object] $Value)
    $types = @{ String = 'REG_SZ'; ExpandString = 'REG_EXPAND_SZ'; DWord = 'REG_DWORD'; QWord = 'REG_QWORD'; MultiString = 'REG_MULTI_SZ' }
    $key = (ConvertTo-FbRegistryPath -Path $Path) -replace '^Registry::', ''
    if ($PSCmdlet.ShouldProcess("$key\$Name", 'write')) {
        $text = @($Value) -join '\0'
        $done = Invoke-FbProgram -FilePath 'reg.exe' -ArgumentList @('add', $key, '/v', $Name, '/t', $types[$Type], '/d', $text, '/f')
        if ($done.ExitCode -ne 0) {
            $message = 'writing {0}\{1} failed: {2}' -f $key, $Name, ($done.Output -join ' ')
            $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_INVOKE_FAILED' -Message $message -Target $key))
        }
    }
}
