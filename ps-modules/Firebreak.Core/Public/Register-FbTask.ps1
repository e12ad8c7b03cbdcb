function Register-FbTask {
    <#
    .SYNOPSIS
    Registers a task of the SYSTEM account that runs a PowerShell script; one of the same name is replaced.
    .DESCRIPTION
    Registered from XML, which knows no date formats of a language. A start that was missed is made up for.
    .PARAMETER At
    Times (UTC) at which it runs once each; none = only when it is started.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [string] $ScriptPath,
        [string] $Argument = '',
        [DateTime[]] $At = @(),
        [switch] $Start
    )
    if (-not $PSCmdlet.ShouldProcess($Name, 'register task')) { return }
    $triggers = ''
    foreach ($time in $At) {
        $triggers += "    <TimeTrigger><StartBoundary>$($time.ToString('s'))Z</StartBoundary><Enabled>true</Enabled></TimeTrigger>`r`n"
    }
    $shell = Join-Path -Path $env:SystemRoot -ChildPath 'System32\WindowsPowerShell\v1.0\powershell.exe'
    $arguments = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "{0}" {1}' -f $ScriptPath, $Argument
    $arguments = $arguments.Trim().Replace('&', '&amp;').Replace('<', '&lt;').Replace('>', '&gt;')
    $xml = @"
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Author>Firebreak</Author></RegistrationInfo>
  <Triggers>
$triggers  </Triggers>
  <Principals>
    <Principal id="Author"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>true</StartWhenAvailable>
    <Enabled>true</Enabled>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>$shell</Command>
      <Arguments>$arguments</Arguments>
    </Exec>
  </Actions>
</Task>
"@
    $file = "$ScriptPath.$($Name -replace '[^A-Za-z0-9-]', '_').xml"
    Set-FbText -Path $file -Text $xml -Encoding Unicode
    try { $made = Invoke-FbProgram -FilePath 'schtasks.exe' -ArgumentList @('/create', '/tn', $Name, '/xml', $file, '/f') }
    finally { Remove-Item -LiteralPath $file -Force -ErrorAction SilentlyContinue }
    if ($made.ExitCode -eq 0 -and $Start) {
        $made = Invoke-FbProgram -FilePath 'schtasks.exe' -ArgumentList @('/run', '/tn', $Name)
    }
    if ($made.ExitCode -ne 0) {
        $message = 'task {0}: schtasks ended with {1}: {2}' -f $Name, $made.ExitCode, ($made.Output -join ' ')
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_STEP_REFUSED' -Message $message -Target $Name))
    }
}
