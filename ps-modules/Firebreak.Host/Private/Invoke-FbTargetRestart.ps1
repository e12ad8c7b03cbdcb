function Invoke-FbTargetRestart {
    <#
    .SYNOPSIS
    Asks a target to restart: ExitCode and Output as of shutdown.exe.
    #>
    [CmdletBinding()]
    param([string[]] $ArgumentList, [string] $Address)
    $done = Invoke-FbRelayProgram -FilePath 'shutdown.exe' -ArgumentList ($ArgumentList + @('/m', "\\$Address"))
    if (@(0, 1115, 1190) -contains $done.ExitCode) { return $done }
    try {
        # 6: restart, by force.
        $system = Get-FbWmi -Class Win32_OperatingSystem
        $code = (Invoke-FbWmiMethod -InputObject $system -Name Win32Shutdown -Argument @{ Flags = 6; Reserved = 0 }).ReturnValue
        if ($code -eq 0) { return New-Object -TypeName PSObject -Property @{ ExitCode = 0; Output = @() } }
        $done.Output = @($done.Output) + @("Win32Shutdown: $code")
    }
    catch { $done.Output = @($done.Output) + @($_.Exception.GetBaseException().Message) }
    $done
}
