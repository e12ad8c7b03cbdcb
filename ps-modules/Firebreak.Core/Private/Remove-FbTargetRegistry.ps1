function Remove-FbTargetRegistry {
    <#
    .SYNOPSIS
    Removes a value of the target's registry, or without a name a whole key.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Path, [AllowNull()] [object] $Name = $null)
    if (-not $PSCmdlet.ShouldProcess("$Path\$Name", 'remove')) { return }
    if ($script:FbTarget.RegistryBy -ne 'wmi') {
        if ($null -ne $Name) {
            $key = Open-FbRemoteKey -Path $Path -Writable
            try { $key.DeleteValue([string] $Name) } finally { $key.Close() }
        }
        else {
            $parent = Open-FbRemoteKey -Path $Path.Substring(0, $Path.LastIndexOf('\')) -Writable
            try { $parent.DeleteSubKeyTree($Path.Substring($Path.LastIndexOf('\') + 1)) } finally { $parent.Close() }
        }
        return
    }
    if ($null -ne $Name) { $code = (Invoke-FbRegistryMethod -Path $Path -Name DeleteValue -Argument @{ sValueName = [string] $Name }).ReturnValue }
    else {
        # The provider removes only keys that have no keys.
        foreach ($child in (Get-FbTargetRegistryName -Path $Path).SubKeys) { Remove-FbTargetRegistry -Path "$Path\$child" }
        $code = (Invoke-FbRegistryMethod -Path $Path -Name DeleteKey).ReturnValue
    }
    if ($code -ne 0) {
        $message = 'removing {0} {1} on {2} failed: code {3}' -f $Path, $Name, $script:FbTarget.Name, $code
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_INVOKE_FAILED' -Message $message -Target $Path))
    }
}
