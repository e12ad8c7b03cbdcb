function Get-FbServiceStart {
    <#
    .SYNOPSIS
    When the process of a service was started (ISO 8601, UTC); $null when it does not run or that cannot be told.
    .DESCRIPTION
    A service that shares its process may have been started later than that.
    #>
    [CmdletBinding()]
    param([string] $Name)
    $filter = "Name='{0}'" -f ($Name -replace '\\', '\\' -replace "'", "\'")
    foreach ($service in @(Get-FbWmi -Class Win32_Service -Filter $filter)) {
        if ($null -eq $service -or -not $service.ProcessId) { continue }
        foreach ($process in @(Get-FbWmi -Class Win32_Process -Filter "ProcessId=$($service.ProcessId)")) {
            if ($null -ne $process) { return ConvertTo-FbTime -Value $process.CreationDate }
        }
    }
    $null
}
