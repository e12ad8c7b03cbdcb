function Get-FbEngineCommand {
    <#
    .SYNOPSIS
    Program and arguments (one line) of an engine for a package; $null for an engine that is not there yet.
    #>
    [CmdletBinding()]
    param([string] $Engine, [string] $Path, [string[]] $Switches, [string] $LogPath)
    $system = Get-FbSystemFolder
    # The task runs a native PowerShell: it has no Sysnative.
    $system = $system -replace 'Sysnative$', 'System32'
    $engines = @{
        wusa = @{ Program = "$system\wusa.exe"; Before = '"{0}"'; Usual = @('/quiet', '/norestart'); Log = $null }
        dism = @{
            Program = "$system\dism.exe"; Before = '/online /add-package "/packagepath:{0}"'
            Usual = @('/quiet', '/norestart', "`"/logpath:$LogPath`""); Log = $LogPath
        }
    }
    if (-not $engines.ContainsKey($Engine)) { return $null }
    $found = $engines[$Engine]
    $more = $found.Usual
    if ($Switches.Count -gt 0) { $more = $Switches }
    @{ Program = $found.Program; Arguments = (($found.Before -f $Path) + ' ' + ($more -join ' ')); Log = $found.Log }
}
