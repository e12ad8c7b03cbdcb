function Get-FbBootTime {
    <#
    .SYNOPSIS
    When the host was started: Time (ISO 8601, UTC, $null = cannot be told) and Source.
    .DESCRIPTION
    Source wmi is the boot itself. Source shutdown, where WMI of a target does not answer, is the last orderly shutdown,
    which the system notes in its registry: it changes with every restart that somebody asks for, not with a crash. Times
    of different sources must not be compared.
    #>
    [CmdletBinding()]
    param()
    try {
        $time = ConvertTo-FbTime -Value (Get-FbWmi -Class Win32_OperatingSystem).LastBootUpTime
        return New-Object -TypeName PSObject -Property @{ Time = $time; Source = 'wmi' }
    }
    catch { if (-not $script:FbTarget) { throw } }
    $time = $null
    $noted = Get-FbRegistryValue -Path 'HKLM\SYSTEM\CurrentControlSet\Control\Windows' -Name 'ShutdownTime'
    if ($noted.Present -and @($noted.Value).Count -eq 8) {
        $time = ConvertTo-FbTime -Value ([DateTime]::FromFileTimeUtc([BitConverter]::ToInt64([byte[]] @($noted.Value), 0)))
    }
    New-Object -TypeName PSObject -Property @{ Time = $time; Source = 'shutdown' }
}
