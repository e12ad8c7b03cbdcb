function Start-FbScript {
    <#
    .SYNOPSIS
    Starts a .cmd file of the target, detached from everybody: Method (service or wmi), ProcessId (by WMI only).
    .DESCRIPTION
    By the service manager it runs as SYSTEM; by WMI as the account of the credential. Each stands in for the other where
    it is not to be had. That it was started is all that is known here: the script has to leave its traces in files.
    .PARAMETER Path
    The script as the target names it, without blanks.
    .PARAMETER AsSystem
    For work that needs all rights of the system: the service manager is asked first.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] [ValidatePattern('^[^\s"&|<>^%]+$')] [string] $Path, [switch] $AsSystem)
    if (-not $PSCmdlet.ShouldProcess($Path, 'start')) { return }
    if (-not $script:FbTarget) { $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_STEP_REFUSED' -Message 'a script is started by Start-FbScript on a target only' -Target $Path)) }
    $methods = @('wmi', 'service')
    if ($AsSystem) { $methods = @('service', 'wmi') }
    $said = @()
    foreach ($method in $methods) {
        try {
            if ($method -eq 'service') {
                Start-FbServiceScript -Path $Path
                return New-Object -TypeName PSObject -Property @{ Method = 'service'; ProcessId = $null }
            }
            $shell = '{0}\cmd.exe /c {1}' -f (Get-FbSystemFolder), $Path
            $made = Invoke-FbWmiMethod -Class Win32_Process -Name Create -Argument @{ CommandLine = $shell }
            if ($made.ReturnValue -eq 0) { return New-Object -TypeName PSObject -Property @{ Method = 'wmi'; ProcessId = [int] $made.ProcessId } }
            $said += "WMI: code $($made.ReturnValue)"
        }
        catch { $said += $_.Exception.GetBaseException().Message.Trim() }
    }
    $message = '{0} cannot be started on {1} by relay {2}: {3}' -f $Path, $script:FbTarget.Name, $script:FbTarget.Relay, ($said -join '; ')
    $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_INVOKE_FAILED' -Message $message -Target $Path))
}
