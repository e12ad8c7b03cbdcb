function Get-FbProcess {
    <#
    .SYNOPSIS
    Running processes of these names as Id, Name, CommandLine.
    #>
    [CmdletBinding()]
    param([string[]] $Name)
    foreach ($process in @(Get-FbWmi -Class Win32_Process)) {
        if ($Name -notcontains [string] $process.Name) { continue }
        New-Object -TypeName PSObject -Property @{
            Id          = [int] $process.ProcessId
            Name        = [string] $process.Name
            CommandLine = [string] $process.CommandLine
        }
    }
}
