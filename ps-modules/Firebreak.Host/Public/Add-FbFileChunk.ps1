function Add-FbFileChunk {
    <#
    .SYNOPSIS
    Writes bytes into a file at an offset and cuts it off behind them, so that the same chunk may come twice.
    .DESCRIPTION
    The folder is made when the offset is 0. Fails with FB_TRANSFER_FAILED when the file is shorter than the offset.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [long] $Offset,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [byte[]] $Bytes
    )
    if (-not $PSCmdlet.ShouldProcess($Path, 'write chunk')) {
        return New-Object -TypeName PSObject -Property @{ Changed = $false; Length = $null }
    }
    if ($Offset -eq 0) { New-FbFolder -Path (Split-Path -Path $Path -Parent) }
    $stream = Open-FbFile -Path $Path -Mode OpenOrCreate -Access Write -Share None
    try {
        if ($stream.Length -lt $Offset) {
            $message = '{0} has {1} bytes, a chunk for offset {2} does not fit' -f $Path, $stream.Length, $Offset
            $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_TRANSFER_FAILED' -Message $message -Target $Path))
        }
        $stream.Position = $Offset
        $stream.Write($Bytes, 0, $Bytes.Length)
        $length = $Offset + $Bytes.Length
        $stream.SetLength($length)
    }
    finally { $stream.Close() }
    New-Object -TypeName PSObject -Property @{ Changed = $true; Length = [long] $length }
}
