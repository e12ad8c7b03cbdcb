function Get-FbFileRename {
    <#
    .SYNOPSIS
    Files that are moved at the next start, as a list in Entries; $null there when it could not be read.
    #>
    [CmdletBinding()]
    param()
    $entries = @()
    foreach ($name in @('PendingFileRenameOperations', 'PendingFileRenameOperations2')) {
        $found = Get-FbRegistryValue -Path 'HKLM\SYSTEM\CurrentControlSet\Control\Session Manager' -Name $name
        if (-not $found.Readable) { return @{ Entries = $null } }
        $entries += @($found.Value | Where-Object { "$_" })
    }
    @{ Entries = $entries }
}
