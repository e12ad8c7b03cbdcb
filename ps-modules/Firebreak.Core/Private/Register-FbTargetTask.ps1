function Register-FbTargetTask {
    <#
    .SYNOPSIS
    A task on a target from before Windows Vista: a .cmd file that runs at most once for each time, as SYSTEM.
    .DESCRIPTION
    By a job of the scheduler (at) through WMI, which a restart does not lose and which knows minutes; without WMI by a
    script that waits, which a restart ends. Either runs the script only when it can rename the mark of its time away, so
    that removing the mark disarms it, and nothing runs twice. Each time has a mark of its own name: a script that waits for
    an earlier time, or a job that could not be taken away, finds no mark, and none that has fired stands in the way.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Name, [string] $ScriptPath, [string] $Argument, [DateTime[]] $At)
    if (-not $PSCmdlet.ShouldProcess($Name, 'register task')) { return }
    $base = Get-FbTaskFile -Name $Name
    $folder = $base -replace '\\[^\\]+$', ''
    New-FbFolder -Path $folder
    Remove-FbTargetTask -Name $Name
    $spent = '^{0}-\d+(-[0-9a-f]{{8}})?(-wait)?\.(cmd|fired)$' -f ($base -replace '^.*\\', '')
    foreach ($old in @(Get-FbChildName -Path $folder)) {
        if ("$old" -notmatch $spent) { continue }
        # One that is just being read stays: without its mark it does nothing.
        try { Remove-FbFile -Path "$folder\$old" } catch { $old = $null }
    }
    $id = [Guid]::NewGuid().ToString('N').Substring(0, 8)
    $now = Get-FbTime
    for ($n = 0; $n -lt $At.Count; $n++) {
        $seconds = [int] [Math]::Ceiling(($At[$n].ToUniversalTime() - $now).TotalSeconds)
        # The scheduler takes a time of the day: what is further off would run too early.
        if ($seconds -gt 82800) {
            $message = 'task {0}: {1} cannot be made to run something in more than 23 hours' -f $Name, $script:FbTarget.Name
            $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_STEP_REFUSED' -Message $message -Target $Name))
        }
        $file = "$base-$n-$id"
        $leaf = $file -replace '^.*\\', ''
        $text = @('@echo off', "ren `"$file.armed`" `"$leaf.fired`" 2> nul || exit", ("call `"$ScriptPath`" $Argument").Trim(), '')
        Set-FbText -Path "$file.cmd" -Text ($text -join "`r`n") -Encoding Oem
        Set-FbText -Path "$file.armed" -Text "at=$(ConvertTo-FbTime -Value $At[$n])`r`n"
        $job = Add-FbTargetJob -Path "$file.cmd" -Seconds $seconds
        if ($null -ne $job) {
            Set-FbText -Path "$file.armed" -Text "at=$(ConvertTo-FbTime -Value $At[$n])`r`njob=$job`r`n"
            continue
        }
        # One round of ping takes a second, and the first none; there is no other way to wait on these systems.
        $wait = @('@echo off', "ping -n $([Math]::Max(1, $seconds) + 1) 127.0.0.1 > nul", "call `"$file.cmd`"", '')
        Set-FbText -Path "$file-wait.cmd" -Text ($wait -join "`r`n") -Encoding Oem
        $null = Start-FbScript -Path "$file-wait.cmd" -AsSystem
    }
}
