function Get-FbQuickFix {
    <#
    .SYNOPSIS
    Which updates Win32_QuickFixEngineering lists, by name; $null for all when it cannot be read.
    #>
    [CmdletBinding()]
    param([string[]] $Kb)
    $found = @{}
    $ids = $null
    try { $ids = @(Get-FbWmi -Class Win32_QuickFixEngineering | ForEach-Object { '{0} {1}' -f $_.HotFixID, $_.ServicePackInEffect }) }
    catch { $ids = $null }
    foreach ($name in $Kb) {
        if ($null -eq $ids) {
            $found[$name] = $null
            continue
        }
        $found[$name] = $false
        # Windows XP and 2003 may show "File 1" and have the update in ServicePackInEffect; NT 4.0 writes Q for KB.
        $pattern = '(^|\s)(KB|Q){0}(\s|$)' -f ($name -replace '^KB', '')
        foreach ($id in $ids) {
            if ($id -match $pattern) { $found[$name] = $true }
        }
    }
    $found
}
