function Set-FbWmiSilence {
    <#
    .SYNOPSIS
    Remembers until the target is left that its WMI did not answer; no other error of WMI counts.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] [object] $ErrorRecord)
    $target = $script:FbTarget
    if ($null -eq $target -or [string] $ErrorRecord.FullyQualifiedErrorId -like 'FB_*') { return }
    # RPC server unavailable, too busy, call failed; network path not found
    if (@(53, 1722, 1723, 1726, 1727) -notcontains (Get-FbErrorCode -ErrorRecord $ErrorRecord)) { return }
    if (-not $PSCmdlet.ShouldProcess($target.Name, 'note that WMI is silent')) { return }
    $target.IsWmiSilent = $true
}
