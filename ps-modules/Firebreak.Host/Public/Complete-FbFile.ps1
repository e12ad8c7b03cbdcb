function Complete-FbFile {
    <#
    .SYNOPSIS
    Gives a transferred file its name after its SHA-256 has proved right.
    .DESCRIPTION
    Fails with FB_TRANSFER_HASH (the temporary file is removed) or FB_TRANSFER_FAILED (nothing was transferred).
    A second call finds the file in its place and changes nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [string] $TemporaryPath,
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [string] $Sha256
    )
    $wanted = $Sha256.ToLower()
    $temporary = Get-FbFileHash -Path $TemporaryPath
    if (-not $temporary.Exists) {
        $final = Get-FbFileHash -Path $Path
        if ($final.Exists -and $final.Sha256 -eq $wanted) {
            return New-Object -TypeName PSObject -Property @{ Changed = $false; Sha256 = $final.Sha256; Length = $final.Length }
        }
        $record = New-FbErrorRecord -Id 'FB_TRANSFER_FAILED' -Message "$TemporaryPath does not exist" -Target $Path
        $PSCmdlet.ThrowTerminatingError($record)
    }
    if (-not $PSCmdlet.ShouldProcess($Path, 'complete file')) {
        return New-Object -TypeName PSObject -Property @{ Changed = $false; Sha256 = $temporary.Sha256; Length = $temporary.Length }
    }
    if ($temporary.Sha256 -ne $wanted) {
        try { Remove-FbFile -Path $TemporaryPath } catch { $temporary = $null }
        $message = '{0} arrived with SHA-256 {1}, expected {2}' -f $Path, $temporary.Sha256, $wanted
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_TRANSFER_HASH' -Message $message -Target $Path))
    }
    if (Test-FbFile -Path $Path -PathType Leaf) { Remove-FbFile -Path $Path }
    Move-FbFile -Path $TemporaryPath -Destination $Path
    New-Object -TypeName PSObject -Property @{ Changed = $true; Sha256 = $temporary.Sha256; Length = $temporary.Length }
}
