function Get-FbBadPasswordCount {
    <#
    .SYNOPSIS
    How many bad passwords are counted against a local account now; $null where nobody tells.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Computer, [Parameter(Mandatory = $true)] [string] $Name)
    try {
        foreach ($row in @(Get-FbWmi -Class Win32_NetworkLoginProfile)) {
            if ($null -eq $row -or $null -eq $row.BadPasswordCount) { continue }
            $parts = "$($row.Name)".Split('\')
            if ($parts[-1] -ne $Name -or ($parts.Count -gt 1 -and $parts[0] -ne $Computer)) { continue }
            # All bits: unknown.
            if ([long] $row.BadPasswordCount -ge 4294967295) { return $null }
            return [int] $row.BadPasswordCount
        }
    }
    catch { return $null }
    $null
}
