function Get-FbEngineCommand {
    <#
    .SYNOPSIS
    Program and arguments (one line) of an engine for a package; $null for an engine that is not there yet.
    .DESCRIPTION
    update: the installer of packages until 2003; update2: from 2004 on; hotfix: of NT 4.0, which knows neither /u nor
    /quiet. These packages are programs themselves. Their usual switches keep the files that a removal needs.
    .PARAMETER Subject
    What an engine ...-remove removes, as Get-FbRemoval names it.
    #>
    [CmdletBinding()]
    param([string] $Engine, [string] $Path, [string[]] $Switches, [string] $LogPath, [string] $Subject = '')
    $system = Get-FbSystemFolder
    # The task runs a native PowerShell: it has no Sysnative.
    $system = $system -replace 'Sysnative$', 'System32'
    $own = $null
    # Such an installer keeps a log of its own, named after its number.
    if ($Path -match '(KB|Q)(\d{6,7})[^\\]*$') { $own = '{0}\{1}{2}.log' -f (Resolve-FbPath -Path '%SystemRoot%' -Own), $Matches[1].ToUpper(), $Matches[2] }
    $msiexec = @('/qn', '/norestart', 'REBOOT=ReallySuppress')
    $msiLog = "/L*v `"$LogPath`" "
    # A patch is told from a product by its name.
    $msiVerb = '/i'
    if ($Path -like '*.msp') { $msiVerb = '/update' }
    $parts = @($Subject.Split('|')) + ''
    $engines = @{
        wusa    = @{ Program = "$system\wusa.exe"; Before = '"{0}" '; Usual = @('/quiet', '/norestart'); Log = $null }
        dism    = @{
            Program = "$system\dism.exe"; Before = '/online /add-package "/packagepath:{0}" '
            Usual = @('/quiet', '/norestart', "`"/logpath:$LogPath`""); Log = $LogPath
        }
        update  = @{ Program = $Path; Before = ''; Usual = @('/u', '/q', '/z'); Log = $own }
        update2 = @{ Program = $Path; Before = ''; Usual = @('/quiet', '/norestart'); Log = $own }
        hotfix  = @{ Program = $Path; Before = ''; Usual = @('/q', '/z'); Log = $own }
        msiexec = @{ Program = "$system\msiexec.exe"; Before = "$msiVerb `"{0}`" $msiLog"; Usual = $msiexec; Log = $LogPath }
        # Any maker's: its switches are the package's own.
        exe     = @{ Program = $Path; Before = ''; Usual = @(); Log = $null }
        'dism-remove'   = @{
            Program = "$system\dism.exe"; Before = '/online /remove-package /packagename:{1} '
            Usual = @('/quiet', '/norestart', "`"/logpath:$LogPath`""); Log = $LogPath
        }
        'wusa-remove'   = @{ Program = "$system\wusa.exe"; Before = '/uninstall /kb:{1} '; Usual = @('/quiet', '/norestart'); Log = $null }
        'msi-remove'    = @{ Program = "$system\msiexec.exe"; Before = "/x {1} $msiLog"; Usual = $msiexec; Log = $LogPath }
        'msp-remove'    = @{ Program = "$system\msiexec.exe"; Before = "/package {1} /uninstall {2} $msiLog"; Usual = $msiexec; Log = $LogPath }
        # The old switches, which the later ones of these programs know too.
        spuninst        = @{ Program = $Subject; Before = ''; Usual = @('/u', '/q', '/z'); Log = $null }
        'hotfix-remove' = @{ Program = $Subject; Before = ''; Usual = @('/y', '/q', '/z'); Log = $null }
        # A script of ours that speaks to the Windows Update Agent.
        wua     = @{ Program = "$system\WindowsPowerShell\v1.0\powershell.exe"; Before = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "{0}"'; Usual = @(); Log = $null }
        # Installs nothing: it looks for malicious software and removes it.
        removal = @{ Program = $Path; Before = ''; Usual = @('/Q'); Log = ('{0}\debug\mrt.log' -f (Resolve-FbPath -Path '%SystemRoot%' -Own)) }
    }
    if (-not $engines.ContainsKey($Engine)) { return $null }
    $found = $engines[$Engine]
    $more = $found.Usual
    if ($Switches.Count -gt 0) { $more = $Switches }
    @{ Program = $found.Program; Arguments = (($found.Before -f $Path, $parts[0], $parts[1]) + ($more -join ' ')); Log = $found.Log }
}
