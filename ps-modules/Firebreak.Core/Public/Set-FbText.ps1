function Set-FbText {
    <#
    .SYNOPSIS
    Writes a text file.
    .PARAMETER Mode
    CreateNew fails when the file is there: exactly one of several writers succeeds.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text,
        [ValidateSet('Create', 'CreateNew')] [string] $Mode = 'Create',
        # Unicode has a byte order mark, the others have none; Oem is the code page of the host's console, for .cmd files.
        [ValidateSet('Utf8', 'Unicode', 'Oem')] [string] $Encoding = 'Utf8'
    )
    if (-not $PSCmdlet.ShouldProcess($Path, 'write')) { return }
    $stream = Open-FbFile -Path $Path -Mode $Mode -Access Write -Share None
    try {
        if ($Encoding -eq 'Unicode') {
            $encoder = New-Object -TypeName System.Text.UnicodeEncoding
            $mark = $encoder.GetPreamble()
            $stream.Write($mark, 0, $mark.Length)
        }
        elseif ($Encoding -eq 'Oem') { $encoder = Get-FbOemEncoding }
        else { $encoder = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false }
        $bytes = $encoder.GetBytes($Text)
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Flush()
    }
    finally { $stream.Close() }
}
