function Read-FbTargetSystem {
    <#
    .SYNOPSIS
    Reads from the target's registry what it is: Windows folder, version, build, service pack, architecture.
    #>
    [CmdletBinding()]
    param()
    $target = $script:FbTarget
    $version = 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $control = 'HKLM\SYSTEM\CurrentControlSet\Control'
    $root = Get-FbRegistryValue -Path $version -Name 'SystemRoot'
    if (-not $root.Readable -or -not $root.Present) {
        $message = 'relay {0}: the Windows folder of {1} ({2}) cannot be read from its registry: {3}' -f $target.Relay, $target.Name, $target.Address, $root.Error
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_CONNECT_REFUSED' -Message $message -Target $target.Name))
    }
    $target.SystemRoot = ([string] $root.Value).TrimEnd('\')
    $target.Version = [string] (Get-FbRegistryValue -Path $version -Name 'CurrentVersion').Value
    # Windows 10 and later still say 6.3 here.
    $major = Get-FbRegistryValue -Path $version -Name 'CurrentMajorVersionNumber'
    $minor = Get-FbRegistryValue -Path $version -Name 'CurrentMinorVersionNumber'
    if ($major.Present) { $target.Version = '{0}.{1}' -f $major.Value, [int] $minor.Value }
    $build = [string] (Get-FbRegistryValue -Path $version -Name 'CurrentBuildNumber').Value
    if ($build -match '^\d+$') { $target.Build = [int] $build }
    # The number behind the text "Service Pack 4", which may be in any language.
    $pack = Get-FbRegistryValue -Path "$control\Windows" -Name 'CSDVersion'
    if ($pack.Present) { $target.ServicePack = [int] [Math]::Floor([int] $pack.Value / 256) }
    elseif ($pack.Readable) { $target.ServicePack = 0 }
    $target.Architecture = [string] (Get-FbRegistryValue -Path "$control\Session Manager\Environment" -Name 'PROCESSOR_ARCHITECTURE').Value
}
