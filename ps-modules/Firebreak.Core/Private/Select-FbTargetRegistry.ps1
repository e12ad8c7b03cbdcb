function Select-FbTargetRegistry {
    <#
    .SYNOPSIS
    Finds out how the target's registry is reached: by its Remote Registry service, else by WMI.
    #>
    [CmdletBinding()]
    param()
    $target = $script:FbTarget
    $target.RegistryBy = 'remote-registry'
    $first = $null
    try {
        $key = Open-FbRemoteKey -Path 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
        if ($null -ne $key) {
            $key.Close()
            return
        }
    }
    catch { $first = $_ }
    $target.RegistryBy = 'wmi'
    try { $code = (Invoke-FbRegistryMethod -Path 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion' -Name EnumValues).ReturnValue }
    catch {
        $why = 'its admin share answers, but neither the Remote Registry service ({0}) nor WMI ({1}) does'
        $said = '-'
        if ($null -ne $first) { $said = $first.Exception.GetBaseException().Message.Trim() }
        $message = "relay {0} does not get to {1} ({2}): $why" -f $target.Relay, $target.Name, $target.Address, $said, $_.Exception.GetBaseException().Message.Trim()
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_CONNECT_REFUSED' -Message $message -Target $target.Name))
    }
    if ($code -ne 0) {
        $message = 'relay {0} may not read the registry of {1} ({2}): code {3}' -f $target.Relay, $target.Name, $target.Address, $code
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_AUTH_DENIED' -Message $message -Target $target.Name))
    }
}
