function Resolve-FbPath {
    <#
    .SYNOPSIS
    A path of the host as it is reached from here, with %SystemRoot%, %windir%, %SystemDrive% and %ProgramFiles% filled in.
    .DESCRIPTION
    Of a target: by its admin share (below its Windows folder) or the share of the drive; C:\x becomes \\ADDRESS\C$\x.
    A path that is a share already stays what it is.
    .PARAMETER Own
    As the host itself names it: for command lines and scripts that run there.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path, [switch] $Own)
    $target = $script:FbTarget
    $full = $Path
    if ($full -match '%') {
        $root = [string] $env:SystemRoot
        $programs = [string] $env:ProgramFiles
        if ($target) {
            $root = $target.SystemRoot
            if ($full -match '^%ProgramFiles%') { $programs = Get-FbTargetProgramFolder }
        }
        $full = $full -replace '^%(SystemRoot|windir)%\\System32\\', ((Get-FbSystemFolder) + '\')
        $full = $full -replace '^%(SystemRoot|windir)%', $root
        $full = $full -replace '^%SystemDrive%', $root.Substring(0, 2)
        $full = $full -replace '^%ProgramFiles%', $programs
    }
    if (-not $target -or $Own -or $full -notmatch '^([A-Za-z]):(\\.*)?$') { return $full }
    $drive = $Matches[1]
    $rest = [string] $Matches[2]
    if ($full -eq $target.SystemRoot -or $full -like ($target.SystemRoot + '\*')) {
        return '\\{0}\ADMIN${1}' -f $target.UncHost, $full.Substring($target.SystemRoot.Length)
    }
    '\\{0}\{1}${2}' -f $target.UncHost, $drive, $rest
}
