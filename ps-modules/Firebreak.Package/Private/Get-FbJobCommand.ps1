function Get-FbJobCommand {
    <#
    .SYNOPSIS
    Text of the .cmd file that runs an installer once on a target, without PowerShell and without us.
    .DESCRIPTION
    Making the folder is the claim: it succeeds for one caller only. The output file stays in use for as long as the
    installer, or a process that it started, lives. The exit code is text, written aside and renamed.
    #>
    [CmdletBinding()]
    param([string] $Folder, [string] $Program, [string] $Arguments)
    $line = (ConvertTo-FbCommandLine -FilePath $Program) + ' ' + $Arguments.Replace('%', '%%')
    $lines = @(
        '@echo off', "md `"$Folder\claim`" 2> nul || exit", "> `"$Folder\started.txt`" echo by=cmd",
        "$line > `"$Folder\install.out`" 2>&1", "> `"$Folder\exit.new`" echo code=%errorlevel%", "ren `"$Folder\exit.new`" `"exit.txt`"", ''
    )
    $lines -join "`r`n"
}
