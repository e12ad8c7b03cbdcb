function ConvertFrom-FbState {
    <#
    .SYNOPSIS
    Lines of name=value as a hashtable; empty for no text.
    #>
    [CmdletBinding()]
    param([AllowNull()] [AllowEmptyString()] [string] $Text)
    $state = @{}
    foreach ($line in ($Text -split "`r?`n")) {
        $at = $line.IndexOf('=')
        if ($at -gt 0) { $state[$line.Substring(0, $at)] = $line.Substring($at + 1) }
    }
    $state
}
