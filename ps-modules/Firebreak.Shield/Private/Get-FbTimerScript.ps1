function Get-FbTimerScript {
    <#
    .SYNOPSIS
    Text of the script that a shield's timers run: our own functions, as far as reverting uses them, and one call.
    #>
    [CmdletBinding()]
    param()
    # The task's PowerShell knows no modules of ours: so the script carries every function that is named by another.
    $wanted = @('Invoke-FbShieldTimer')
    $text = "param([string] `$Id, [string] `$Timer)`r`n"
    for ($at = 0; $at -lt $wanted.Count; $at++) {
        $name = $wanted[$at]
        # Functions that only a module sees serve targets and 32-bit shells; a task has neither.
        $function = @(Get-Command -Name $name -CommandType Function -ErrorAction SilentlyContinue)
        if ($function.Count -eq 0) { continue }
        $definition = $function[0].Definition
        $text += "function $name {`r`n$definition`r`n}`r`n"
        foreach ($word in ($definition -split '[^A-Za-z0-9-]+')) {
            if ($word -match '^[A-Z][a-z]+-Fb[A-Z]' -and $wanted -notcontains $word) { $wanted += $word }
        }
    }
    $text + "Invoke-FbShieldTimer -Id `$Id -Timer `$Timer`r`n"
}
