function Invoke-FbTargetProgram {
    <#
    .SYNOPSIS
    Runs a program on the target to its end, through a small script whose exit code and output come back as files.
    .DESCRIPTION
    The exit code comes as text: a status that travels in 8 bits would turn 3010 into 194.
    #>
    [CmdletBinding()]
    param([string] $FilePath, [string[]] $ArgumentList = @(), [int] $TimeoutSeconds = 300)
    $program = Resolve-FbPath -Path $FilePath -Own
    if ($FilePath -notmatch '[\\/]') { $program = '{0}\{1}' -f (Get-FbSystemFolder), $FilePath }
    $line = ConvertTo-FbCommandLine -FilePath $program -ArgumentList $ArgumentList
    $id = [Guid]::NewGuid().ToString('N')
    $folder = '{0}\run' -f (Get-FbDataFolder)
    $base = "$folder\$id"
    $text = @(
        # Whatever became of the call that started it: it runs once.
        '@echo off', "md `"$base.once`" 2> nul || exit", "$line > `"$base.out`" 2>&1",
        # The redirection first: "echo 0> file" would redirect handle 0.
        "> `"$base.new`" echo code=%errorlevel%", "ren `"$base.new`" `"$id.end`"", ''
    )
    # These are our own working files, whatever the caller only wants to say.
    New-FbFolder -Path $folder -WhatIf:$false
    Set-FbText -Path "$base.cmd" -Text ($text -join "`r`n") -Encoding Oem -WhatIf:$false
    try {
        $null = Start-FbScript -Path "$base.cmd" -WhatIf:$false
        $until = (Get-Date).AddSeconds($TimeoutSeconds)
        while (-not (Test-FbFile -Path "$base.end")) {
            if ((Get-Date) -gt $until) {
                $message = '{0} on {1} has not ended after {2} seconds' -f $program, $script:FbTarget.Name, $TimeoutSeconds
                $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_INVOKE_FAILED' -Message $message -Target $program))
            }
            Start-Sleep -Milliseconds 200
        }
        $end = [string] (Get-FbText -Path "$base.end")
        $lines = @()
        foreach ($each in ([string] (Get-FbText -Path "$base.out" -Encoding Oem) -split "`r?`n")) {
            if ($each.Trim()) { $lines += $each.Trim() }
        }
        if ($end -notmatch 'code=(-?\d+)') {
            $message = '{0} on {1} left no exit code' -f $program, $script:FbTarget.Name
            $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_INVOKE_FAILED' -Message $message -Target $program))
        }
        New-Object -TypeName PSObject -Property @{ ExitCode = [int] $Matches[1]; Output = $lines }
    }
    finally {
        foreach ($kind in @('cmd', 'out', 'new', 'end', 'once')) {
            # A program that has not ended holds its files.
            try { Remove-FbFile -Path "$base.$kind" -Recurse -WhatIf:$false } catch { $kind = $null }
        }
    }
}
