function Get-FbFileSystem {
    <#
    .SYNOPSIS
    File systems of the fixed disks: Readable, Error, Disks (Name, FileSystem; $null = not told).
    #>
    [CmdletBinding()]
    param()
    $result = @{ Readable = $false; Error = ''; Disks = @() }
    try {
        foreach ($disk in @(Get-FbWmi -Class Win32_LogicalDisk -Filter 'DriveType=3')) {
            if ($null -eq $disk) { continue }
            $kind = $null
            if ($disk.FileSystem) { $kind = [string] $disk.FileSystem }
            $result.Disks += New-Object -TypeName PSObject -Property @{ Name = [string] $disk.DeviceID; FileSystem = $kind }
        }
        $result.Readable = $true
    }
    catch { $result.Error = $_.Exception.GetBaseException().Message }
    New-Object -TypeName PSObject -Property $result
}
