function Get-FbInfectionEvidence {
    <#
    .SYNOPSIS
    What a cleaning would destroy, as evidence: At, Files (names, sizes, times, hashes), Values, Services, Processes. Reads only.
    .PARAMETER File
    Full paths of files that were found.
    .PARAMETER ValueKey
    Keys of registry values, each with the name at the same place of ValueName.
    #>
    [CmdletBinding()]
    param(
        [AllowEmptyCollection()] [string[]] $File = @(),
        [AllowEmptyCollection()] [string[]] $ValueKey = @(),
        [AllowEmptyCollection()] [string[]] $ValueName = @(),
        [AllowEmptyCollection()] [string[]] $Service = @()
    )
    $files = @()
    foreach ($path in $File) { $files += Get-FbInfectedImage -Path $path }
    $values = @()
    for ($at = 0; $at -lt $ValueKey.Count; $at++) {
        $found = Get-FbRegistryValue -Path $ValueKey[$at] -Name $ValueName[$at]
        if (-not $found.Present) { continue }
        $values += New-Object -TypeName PSObject -Property @{
            Key = $ValueKey[$at]; Name = $ValueName[$at]; Type = [string] $found.Type; Data = (@($found.Value) -join ' ')
        }
    }
    $services = @()
    foreach ($name in $Service) {
        $fact = Get-FbServiceFact -Name $name
        if ($null -ne $fact) { $services += $fact }
    }
    $processes = @()
    try {
        foreach ($process in @(Get-FbWmi -Class Win32_Process)) {
            if ($null -eq $process -or $File -notcontains [string] $process.ExecutablePath) { continue }
            $processes += New-Object -TypeName PSObject -Property @{
                Id = [int] $process.ProcessId; ParentId = [int] $process.ParentProcessId; Path = [string] $process.ExecutablePath; CommandLine = [string] $process.CommandLine
            }
        }
    }
    catch { $processes = @() }
    New-Object -TypeName PSObject -Property @{
        At = (ConvertTo-FbTime -Value (Get-FbTime)); Files = $files; Values = $values; Services = $services; Processes = $processes
    }
}
