function Restore-FbIpsecExemption {
    <#
    .SYNOPSIS
    Gives NoDefaultExempt its prior value or absence back, if a shield has written it and it is still so: whether it did.
    .PARAMETER Record
    Of the shield.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([hashtable] $Record)
    if (-not $Record.ExemptWritten) { return $false }
    $now = Get-FbIpsecExemption
    if ([string] $now.Value -ne $Record.ExemptWritten -or -not $PSCmdlet.ShouldProcess('NoDefaultExempt', 'restore')) { return $false }
    if ($Record.ExemptPrior) { $null = Set-FbRegistryValue -Path $now.Key -Name 'NoDefaultExempt' -Type DWord -Value ([int] $Record.ExemptPrior) }
    else { $null = Remove-FbRegistryValue -Path $now.Key -Name 'NoDefaultExempt' }
    $true
}
