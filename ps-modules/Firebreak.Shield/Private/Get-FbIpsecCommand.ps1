function Get-FbIpsecCommand {
    <#
    .SYNOPSIS
    Arguments of the program that assign a policy or take its assignment away, without netsh's `ipsec static`.
    #>
    [CmdletBinding()]
    param([object] $Tool, [string] $Name, [bool] $Assigned)
    if ($Tool.Name -eq 'netsh') {
        $word = $(if ($Assigned) { 'yes' } else { 'no' })
        return @('set', 'policy', "name=$Name", "assign=$word")
    }
    @('-w', 'REG', '-p', $Name, $(if ($Assigned) { '-x' } else { '-y' }))
}
