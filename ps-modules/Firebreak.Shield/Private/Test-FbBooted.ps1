function Test-FbBooted {
    <#
    .SYNOPSIS
    Whether the host was restarted since the shield was written: $true, $false, and $null when it cannot be told.
    .PARAMETER Record
    Of the shield.
    #>
    [CmdletBinding()]
    param([string] $Id, [hashtable] $Record)
    # Without it nobody knows that there ever was a mark.
    if (-not $Record.Marked) { return $null }
    $mark = Get-FbBootMark -Id $Id
    $found = Get-FbRegistryValue -Path $mark.Path -Name $mark.Name
    if (-not $found.Readable) { return $null }
    -not $found.Present
}
