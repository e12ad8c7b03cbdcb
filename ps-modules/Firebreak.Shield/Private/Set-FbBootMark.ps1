function Set-FbBootMark {
    <#
    .SYNOPSIS
    Marks that the host has not been restarted since a shield goes up, before it does; whoever finds none later knows that it was.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Id)
    if (-not $PSCmdlet.ShouldProcess($Id, 'mark')) { return }
    $mark = Get-FbBootMark -Id $Id
    $null = Set-FbRegistryValue -Path $mark.Path -Name $mark.Name -Type String -Value 'not restarted since'
    $null = Set-FbRegistryValue -Path (Get-FbShieldKey -Id $Id) -Name 'Marked' -Type String -Value (ConvertTo-FbTime -Value (Get-FbTime))
}
