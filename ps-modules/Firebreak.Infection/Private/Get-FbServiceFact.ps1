function Get-FbServiceFact {
    <#
    .SYNOPSIS
    A service as its registry key tells it: Name, Display, Image, Start (0 to 4), Account; nothing where there is none.
    #>
    [CmdletBinding()]
    param([string] $Name)
    $key = "HKLM\SYSTEM\CurrentControlSet\Services\$Name"
    $found = Get-FbRegistryName -Path $key
    if (-not $found.Readable -or -not $found.KeyPresent) { return }
    $values = @{}
    foreach ($each in @('DisplayName', 'ImagePath', 'Start', 'ObjectName')) { $values[$each] = (Get-FbRegistryValue -Path $key -Name $each).Value }
    New-Object -TypeName PSObject -Property @{
        Name = $Name; Display = [string] $values.DisplayName; Image = [string] $values.ImagePath; Start = $values.Start; Account = [string] $values.ObjectName
    }
}
