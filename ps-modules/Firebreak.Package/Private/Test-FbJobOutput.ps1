function Test-FbJobOutput {
    <#
    .SYNOPSIS
    Whether somebody still holds the output file of an installation: then its installer lives.
    #>
    [CmdletBinding()]
    param([string] $Folder)
    $path = "$Folder\install.out"
    if (-not (Test-FbFile -Path $path -PathType Leaf)) { return $false }
    try {
        $stream = Open-FbFile -Path $path -Access ReadWrite -Share None -NoWait
        $stream.Close()
        $false
    }
    catch {
        # Precisely this type: a sharing violation.
        if ($_.Exception.GetBaseException().GetType().FullName -ne 'System.IO.IOException') { throw }
        $true
    }
}
