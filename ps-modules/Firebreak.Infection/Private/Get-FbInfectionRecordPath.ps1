function Get-FbInfectionRecordPath {
    <#
    .SYNOPSIS
    The file that stays on a host which was cleaned, until the host is rebuilt.
    #>
    [CmdletBinding()]
    param()
    '{0}\infection.txt' -f (Get-FbDataFolder)
}
