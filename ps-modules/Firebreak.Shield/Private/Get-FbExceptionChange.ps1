function Get-FbExceptionChange {
    <#
    .SYNOPSIS
    The changes that a shield by exceptions has written down, in their order: texts of profile, item, prior and wanted by tabulators.
    #>
    [CmdletBinding()]
    param([hashtable] $Record)
    foreach ($name in @($Record.Keys | Where-Object { $_ -like 'Change.*' } | Sort-Object)) {
        if ($null -ne $name) { [string] $Record[$name] }
    }
}
