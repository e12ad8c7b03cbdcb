function Get-FbFileTail {
    <#
    .SYNOPSIS
    The end of a file: Path, Length, Modified, Bytes (at most MaxBytes of them) and Error. Never fails.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path, [Parameter(Mandatory = $true)] [int] $MaxBytes)
    $info = Get-FbFileInfo -Path $Path
    $result = @{ Path = $Path; Length = $info.Length; Modified = $info.Modified; Bytes = $null; Error = [string] $info.Error }
    if ($info.Exists) {
        try {
            $stream = Open-FbFile -Path $Path -Share ReadWrite -NoWait
            try {
                $size = [Math]::Min([long] $MaxBytes, [long] $stream.Length)
                $stream.Position = $stream.Length - $size
                $buffer = New-Object -TypeName byte[] -ArgumentList ([int] $size)
                $done = 0
                while ($done -lt $size) {
                    $read = $stream.Read($buffer, $done, [int] ($size - $done))
                    if ($read -le 0) { break }
                    $done += $read
                }
            }
            finally { $stream.Close() }
            if ($done -eq $size) { $result.Bytes = $buffer }
            else { $result.Error = 'it became shorter while it was read' }
        }
        catch { $result.Error = $_.Exception.GetBaseException().Message }
    }
    New-Object -TypeName PSObject -Property $result
}
