function Set-FbService {
    <#
    .SYNOPSIS
    Brings a service into a state and a start mode, changing only what differs: Changed.
    .PARAMETER State
    Running, Stopped, or nothing.
    .PARAMETER Start
    Auto, Manual, Disabled, or nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [ValidateSet('', 'Running', 'Stopped')] [string] $State = '',
        [ValidateSet('', 'Auto', 'Manual', 'Disabled')] [string] $Start = ''
    )
    $result = @{ Changed = $false }
    $now = Get-FbService -Name $Name
    if (-not $now.Exists) {
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_STEP_REFUSED' -Message "there is no service $Name" -Target $Name))
    }
    $steps = @()
    # A disabled service cannot be started: so the mode comes first on the way up, last on the way down.
    if ($State -eq 'Stopped' -and $now.State -ne 'Stopped') { $steps += 'stop' }
    if ($Start -and $now.Start -ne $Start) { $steps += 'mode' }
    if ($State -eq 'Running' -and $now.State -ne 'Running') { $steps += 'start' }
    foreach ($step in $steps) {
        if (-not $PSCmdlet.ShouldProcess($Name, "$step $Start")) { continue }
        if ($script:FbTarget) { Set-FbTargetService -Name $Name -Step $step -Start $Start }
        else {
            $modes = @{ Auto = 'Automatic'; Manual = 'Manual'; Disabled = 'Disabled' }
            switch ($step) {
                'stop' { Stop-Service -Name $Name -Force -ErrorAction Stop }
                'mode' { Set-Service -Name $Name -StartupType $modes[$Start] -ErrorAction Stop }
                'start' { Start-Service -Name $Name -ErrorAction Stop }
            }
        }
        $result.Changed = $true
    }
    New-Object -TypeName PSObject -Property $result
}
