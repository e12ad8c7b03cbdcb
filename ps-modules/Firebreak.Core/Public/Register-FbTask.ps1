function Register-FbTask {
    <#
    .SYNOPSIS
    Registers a task of the SYSTEM account that runs a script (.ps1 or .cmd); one of the same name is replaced.
    .DESCRIPTION
    Registered from XML, which knows no date formats of a language. A start that was missed is made up for.
    A target runs .cmd files only. Before Windows Vista it has no such tasks: there a time is at most 23 hours off, the
    scheduler rounds it up to minutes, and a script that is only to be started is just started.
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
    $isScript = $ScriptPath -like '*.cmd'
    if ($script:FbTarget) {
        if (-not $isScript) {
            $message = 'task {0}: {1} may have no PowerShell, it needs a .cmd file' -f $Name, $script:FbTarget.Name
            $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_STEP_REFUSED' -Message $message -Target $Name))
        }
        if (-not (Test-FbTaskScheduler)) {
            Register-FbTargetTask -Name $Name -ScriptPath $ScriptPath -Argument $Argument -At $At
            if ($Start) { $null = Start-FbScript -Path $ScriptPath -AsSystem }
            return
        }
    }
    $triggers = ''
    foreach ($time in $At) {
        $triggers += "    <TimeTrigger><StartBoundary>$($time.ToString('s'))Z</StartBoundary><Enabled>true</Enabled></TimeTrigger>`r`n"
    }
    $shell = '{0}\System32\WindowsPowerShell\v1.0\powershell.exe' -f (Resolve-FbPath -Path '%SystemRoot%' -Own)
    $arguments = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "{0}" {1}' -f $ScriptPath, $Argument
    if ($isScript) {
        $shell = '{0}\System32\cmd.exe' -f (Resolve-FbPath -Path '%SystemRoot%' -Own)
        $arguments = '/c "{0}" {1}' -f $ScriptPath, $Argument
    }
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
    finally { Remove-FbFile -Path $file }
    if ($made.ExitCode -eq 0 -and $Start) {
        $made = Invoke-FbProgram -FilePath 'schtasks.exe' -ArgumentList @('/run', '/tn', $Name)
    }
    if ($made.ExitCode -ne 0) {
        $message = 'task {0}: schtasks ended with {1}: {2}' -f $Name, $made.ExitCode, ($made.Output -join ' ')
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_STEP_REFUSED' -Message $message -Target $Name))
    }
}
