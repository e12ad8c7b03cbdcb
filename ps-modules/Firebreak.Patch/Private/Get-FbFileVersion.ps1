function Get-FbFileVersion {
    <#
    .SYNOPSIS
    Version of a file of the host, when it came to its place, and whether something replaces it at the next start.
    .DESCRIPTION
    ChangedAt is the later of made and written: installers keep the date at which a file was built. ReplacedAtRestart is
    $null when the list of renames could not be read.
    .PARAMETER Rename
    PendingFileRenameOperations, $null = could not be read.
    #>
    [CmdletBinding()]
    param([string] $Path, [AllowNull()] [object] $Rename)
    $found = Get-FbFileInfo -Path $Path
    $changed = $found.Modified
    # Sortable times of one form compare as text.
    if ($null -ne $found.Created -and [string]::CompareOrdinal([string] $found.Created, [string] $changed) -gt 0) { $changed = $found.Created }
    $replaced = $null
    if ($null -ne $Rename) {
        $own = (Resolve-FbPath -Path $Path -Own) -replace '\\Sysnative\\', '\System32\'
        $replaced = $false
        foreach ($entry in @($Rename)) {
            if (("$entry" -replace '^!?(\\\?\?\\)?', '') -eq $own) { $replaced = $true }
        }
    }
    New-Object -TypeName PSObject -Property @{
        Path              = $Path
        Exists            = $found.Exists
        Version           = $found.Version
        ChangedAt         = $changed
        ReplacedAtRestart = $replaced
    }
}
