function Get-FbProcess {
    <#
    .SYNOPSIS
    Running processes of these names, or of programs in a folder, as Id, ParentId, Name, Path, CommandLine.
    .DESCRIPTION
    Nothing for a target whose WMI does not answer: there is no other way to ask it.
    #>
    [CmdletBinding()]
    param([string[]] $Name, [string] $Folder)
    try { $processes = @(Get-FbWmi -Class Win32_Process) }
    catch {
        if ($null -eq (Get-FbTarget)) { throw }
        return
    }
    foreach ($process in $processes) {
        if ($null -eq $process) { continue }
        $isOurs = [string] $process.ExecutablePath -like "$Folder\*"
        if (-not $isOurs -and $Name -notcontains [string] $process.Name) { continue }
        New-Object -TypeName PSObject -Property @{
            Id          = [int] $process.ProcessId
            ParentId    = [int] $process.ParentProcessId
            Name        = [string] $process.Name
            Path        = [string] $process.ExecutablePath
            # Windows 2000 does not tell it.
            CommandLine = [string] $process.CommandLine
        }
    }
}
