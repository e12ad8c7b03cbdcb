function Invoke-FbJob {
    <#
    .SYNOPSIS
    Runs the installer of a receipt, once; runs as a task of the host, without any controller.
    .DESCRIPTION
    started.txt is claimed atomically before the installer starts, so that no second run of the task can start another.
    The exit code is written as text: a status that travels in 8 bits would turn 3010 into 194.
    #>
    [CmdletBinding()]
    param([string] $Folder)
    $receipt = ConvertFrom-FbState -Text (Get-FbText -Path "$Folder\receipt.txt")
    $mark = "at=$(ConvertTo-FbTime -Value (Get-FbTime))`r`npid=$PID`r`n"
    Set-FbText -Path "$Folder\started.txt" -Text $mark -Mode CreateNew
    $code = -1
    $why = ''
    try {
        $process = Start-Process -FilePath $receipt.program -ArgumentList $receipt.arguments -PassThru -ErrorAction Stop
        # Without the handle the exit code is lost once the process has gone.
        $null = $process.Handle
        Set-FbText -Path "$Folder\process.txt" -Text "pid=$($process.Id)`r`n"
        $process.WaitForExit()
        $code = $process.ExitCode
    }
    catch { $why = $_.Exception.Message -replace '\s+', ' ' }
    $text = "code=$code`r`nat=$(ConvertTo-FbTime -Value (Get-FbTime))`r`nerror=$why`r`n"
    # Written aside and renamed: whoever reads sees all of it or nothing.
    $aside = "$Folder\exit.new"
    Set-FbText -Path $aside -Text $text
    Move-FbFile -Path $aside -Destination "$Folder\exit.txt"
}
