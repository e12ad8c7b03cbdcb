function Get-FbDependentService {
    <#
    .SYNOPSIS
    Names of the running services that depend on a service, directly or through others, in the order in which they can be started.
    .DESCRIPTION
    Of this machine only: the service manager of a target is not asked this way.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Name)
    if ($script:FbTarget) {
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_STEP_REFUSED' -Message 'dependent services of a target cannot be told' -Target $Name))
    }
    $found = @()
    $open = @($Name)
    for ($at = 0; $at -lt $open.Count; $at++) {
        foreach ($service in @((Get-Service -Name $open[$at] -ErrorAction Stop).DependentServices)) {
            if ($null -eq $service -or $open -contains $service.Name) { continue }
            $open += [string] $service.Name
            if ([string] $service.Status -eq 'Running') { $found += [string] $service.Name }
        }
    }
    $found
}
