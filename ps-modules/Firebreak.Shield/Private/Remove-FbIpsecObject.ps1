function Remove-FbIpsecObject {
    <#
    .SYNOPSIS
    Removes policy, filter lists and filter actions of a shield, as far as they are there.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Name)
    if (-not $PSCmdlet.ShouldProcess($Name, 'remove IPsec objects')) { return }
    # Each may be missing after an attempt that was cut off: netsh then ends with an error that does not matter.
    foreach ($command in @(
            @('delete', 'policy', "name=$Name"),
            @('delete', 'filterlist', "name=$Name-block"), @('delete', 'filterlist', "name=$Name-permit"),
            @('delete', 'filteraction', "name=$Name-block"), @('delete', 'filteraction', "name=$Name-permit"))) {
        $null = Invoke-FbProgram -FilePath 'netsh.exe' -ArgumentList (@('ipsec', 'static') + $command)
    }
}
