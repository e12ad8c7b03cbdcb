function Save-FbWebFile {
    <#
    .SYNOPSIS
    Fetches a file from a web server into a temporary file, going on where an interrupted transfer stopped.
    .DESCRIPTION
    Does not give the file its name: Complete-FbFile does, after the SHA-256 has proved right. Length is what the temporary
    file then has. Progress records tell the bytes.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [string] $Uri,
        [Parameter(Mandatory = $true)] [string] $TemporaryPath
    )
    $target = Get-FbTarget
    if ($null -ne $target) {
        $message = '{0} fetches nothing from the web by itself: have the controller push the file' -f $target.Name
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_STEP_REFUSED' -Message $message -Target $target.Name))
    }
    if (-not $PSCmdlet.ShouldProcess($TemporaryPath, "save $Uri")) {
        return New-Object -TypeName PSObject -Property @{ Changed = $false; Length = $null }
    }
    New-FbFolder -Path ($TemporaryPath -replace '\\[^\\]*$', '')
    $file = Open-FbFile -Path $TemporaryPath -Mode OpenOrCreate -Access ReadWrite -Share Read
    try {
        $at = $file.Length
        if ($at -gt 0) {
            # A server refuses an offset at the end of the file: then everything is here, or it is another file.
            try { $response = Open-FbWebResponse -Uri $Uri -Offset $at } catch { $at = 0 }
        }
        if ($at -eq 0) { $response = Open-FbWebResponse -Uri $Uri }
        try {
            if ([int] $response.StatusCode -ne 206) { $at = 0 }
            $file.SetLength($at)
            $file.Position = $at
            $stream = $response.GetResponseStream()
            $buffer = New-Object -TypeName byte[] -ArgumentList 262144
            $told = $at
            while (($read = $stream.Read($buffer, 0, $buffer.Length)) -gt 0) {
                $file.Write($buffer, 0, $read)
                $at += $read
                if ($at - $told -ge 8388608) {
                    Write-Progress -Activity $Uri -Status ([string] $at)
                    $told = $at
                }
            }
        }
        finally { $response.Close() }
    }
    finally { $file.Close() }
    New-Object -TypeName PSObject -Property @{ Changed = $true; Length = [long] $at }
}
