function Set-FbTargetRegistryValue {
    <#
    .SYNOPSIS
    Writes a registry value of the target, making its key where it is missing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Path, [string] $Name, [string] $Type, [object] $Value)
    if (-not $PSCmdlet.ShouldProcess("$Path\$Name", 'write')) { return }
    $data = $Value
    if ($Type -eq 'String' -or $Type -eq 'ExpandString') { $data = [string] $Value }
    elseif ($Type -eq 'MultiString') { $data = [string[]] @($Value) }
    elseif ($Type -eq 'DWord') {
        # The same 32 bits, whether they were given with or without a sign.
        $data = [long] $Value
        if ($data -gt 2147483647) { $data = $data - 4294967296 }
        $data = [int] $data
    }
    elseif ($Type -eq 'QWord') { $data = [long] $Value }
    if ($script:FbTarget.RegistryBy -ne 'wmi') {
        $key = Open-FbRemoteKey -Path $Path -Create
        try { $key.SetValue($Name, $data, $Type) } finally { $key.Close() }
        return
    }
    $methods = @{ String = 'SetStringValue'; ExpandString = 'SetExpandedStringValue'; DWord = 'SetDWORDValue'; QWord = 'SetQWORDValue'; MultiString = 'SetMultiStringValue' }
    $argument = @{ sValueName = $Name }
    if ($Type -eq 'DWord') { $argument.uValue = [BitConverter]::ToUInt32([BitConverter]::GetBytes($data), 0) }
    elseif ($Type -eq 'QWord') { $argument.uValue = [BitConverter]::ToUInt64([BitConverter]::GetBytes($data), 0) }
    else { $argument.sValue = $data }
    $code = (Invoke-FbRegistryMethod -Path $Path -Name CreateKey).ReturnValue
    if ($code -eq 0) { $code = (Invoke-FbRegistryMethod -Path $Path -Name $methods[$Type] -Argument $argument).ReturnValue }
    if ($code -ne 0) {
        $message = 'writing {0}\{1} on {2} failed: code {3}' -f $Path, $Name, $script:FbTarget.Name, $code
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_INVOKE_FAILED' -Message $message -Target $Path))
    }
}
