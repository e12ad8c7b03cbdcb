function Get-FbSetting {
    <#
    .SYNOPSIS
    A registry value by key and name in one path: Path, Present ($null = could not be read), Value (numbers and texts).
    #>
    [CmdletBinding()]
    param([string] $Path)
    $at = $Path.LastIndexOf('\')
    $found = Get-FbRegistryValue -Path $Path.Substring(0, $at) -Name $Path.Substring($at + 1)
    $result = @{ Path = $Path; Present = $null; Value = $null }
    if ($found.Readable) { $result.Present = [bool] $found.Present }
    if ($found.Type -eq 'DWord' -or $found.Type -eq 'QWord') { $result.Value = [long] $found.Value }
    elseif ($found.Type -eq 'String' -or $found.Type -eq 'ExpandString') { $result.Value = [string] $found.Value }
    New-Object -TypeName PSObject -Property $result
}
