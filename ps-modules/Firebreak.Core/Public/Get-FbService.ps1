function Get-FbService {
    <#
    .SYNOPSIS
    Services: Name, Exists, State (Running, Stopped ..., $null = unknown), Start (Auto, Manual, Disabled ...). One by name, else all.
    .DESCRIPTION
    With NoState the state may be left out where it costs time. By WMI; where that of a target does not answer, from its registry and its service manager.
    #>
    [CmdletBinding()]
    param([string] $Name = '', [switch] $NoState)
    $filter = ''
    if ($Name) { $filter = "Name='{0}'" -f ($Name -replace '\\', '\\' -replace "'", "\'") }
    $found = @()
    try {
        foreach ($service in @(Get-FbWmi -Class Win32_Service -Filter $filter)) {
            # PowerShell 2 goes once through nothing.
            if ($null -eq $service) { continue }
            $found += New-Object -TypeName PSObject -Property @{
                Name = [string] $service.Name; Exists = $true; State = [string] $service.State; Start = [string] $service.StartMode
            }
        }
    }
    catch {
        if (-not $script:FbTarget) { throw }
        $found = @(Get-FbTargetService -Name $Name -NoState:$NoState)
    }
    if ($Name -and $found.Count -eq 0) { return New-Object -TypeName PSObject -Property @{ Name = $Name; Exists = $false; State = $null; Start = $null } }
    $found
}
