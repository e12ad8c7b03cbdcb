function Add-FbFileChunk {
    <#
    .SYNOPSIS
    Writes chunks of bytes into a file, one behind the other from an offset on, and gives the length that the file then has.
    .DESCRIPTION
    What stood behind the offset is cut off, so that the same chunks may come twice. The folder is made when the offset
    is 0. Fails with FB_TRANSFER_FAILED when the file is shorter than the offset. The file is closed between two chunks:
    a pipeline that is stopped holds nothing.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [long] $Offset,
        [Parameter(Mandatory = $true, ValueFromPipeline = $true)] [AllowEmptyCollection()] [byte[]] $Bytes
    )
    begin {
        $at = $Offset
        $isWriting = $PSCmdlet.ShouldProcess($Path, 'write chunks')
        if ($isWriting -and $Offset -eq 0) { New-FbFolder -Path ($Path -replace '\\[^\\]*$', '') }
    }
    process {
        if (-not $isWriting) { return }
        $stream = Open-FbFile -Path $Path -Mode OpenOrCreate -Access Write -Share None
        try {
            if ($stream.Length -lt $at) {
                $message = '{0} has {1} bytes, a chunk for offset {2} does not fit' -f $Path, $stream.Length, $at
                $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_TRANSFER_FAILED' -Message $message -Target $Path))
            }
            $stream.Position = $at
            $stream.Write($Bytes, 0, $Bytes.Length)
            $at += $Bytes.Length
            $stream.SetLength($at)
        }
        finally { $stream.Close() }
    }
    end {
        New-Object -TypeName PSObject -Property @{ Changed = ($isWriting -and $at -gt $Offset); Length = [long] $at }
    }
}
