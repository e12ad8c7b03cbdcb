function Remove-FbIpsecObject {
    <#
    .SYNOPSIS
    Removes policy, filter lists and filter actions of a shield, as far as they are there.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([object] $Tool, [string] $Name)
    if (-not $PSCmdlet.ShouldProcess($Name, 'remove IPsec objects')) { return }
    # Each may be missing after an attempt that was cut off: the program then ends with an error that does not matter.
    if ($Tool.Name -ne 'netsh') {
        $null = Invoke-FbProgram -FilePath $Tool.Path -ArgumentList @('-w', 'REG', '-p', $Name, '-r', "$Name-permit", '-r', "$Name-block", '-o')
        return
    }
    foreach ($command in @(
            @('delete', 'policy', "name=$Name"),
            @('delete', 'filterlist', "name=$Name-block"), @('delete', 'filterlist', "name=$Name-permit"),
            @('delete', 'filteraction', "name=$Name-block"), @('delete', 'filteraction', "name=$Name-permit"))) {
        $null = Invoke-FbProgram -FilePath 'netsh.exe' -ArgumentList (@('ipsec', 'static') + $command)
    }
}
