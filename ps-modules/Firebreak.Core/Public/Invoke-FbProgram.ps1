function Invoke-FbProgram {
    <#
    .SYNOPSIS
    Runs a console program of the system to its end: ExitCode, and Output as lines of text.
    .DESCRIPTION
    A plain name is taken from the system folder, never from the search path. The text is for people: it is localised.
    A program that cannot be started has the exit code that cmd.exe gives it: 9009.
    With a target the program runs there, by what its WMI or its service manager starts, and ends within TimeoutSeconds or
    FB_INVOKE_FAILED is thrown; without one it takes as long as it takes.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $FilePath,
        [string[]] $ArgumentList = @(),
        [int] $TimeoutSeconds = 300
    )
    if ($script:FbTarget) { return Invoke-FbTargetProgram -FilePath $FilePath -ArgumentList $ArgumentList -TimeoutSeconds $TimeoutSeconds }
    $program = $FilePath
    if ($FilePath -notmatch '[\\/]') { $program = Join-Path -Path (Get-FbSystemFolder) -ChildPath $FilePath }
    # What a program writes to its error stream is no error of ours, its exit code tells.
    $ErrorActionPreference = 'Continue'
    $code = 9009
    try {
        $lines = @(& $program @ArgumentList 2>&1)
        $code = $LASTEXITCODE
    }
    # Nothing was started: what $LASTEXITCODE says is of the program before.
    catch { $lines = @($_.Exception.Message) }
    $text = @()
    foreach ($line in $lines) {
        if ("$line".Trim()) { $text += "$line".Trim() }
    }
    New-Object -TypeName PSObject -Property @{ ExitCode = [int] $code; Output = $text }
}
