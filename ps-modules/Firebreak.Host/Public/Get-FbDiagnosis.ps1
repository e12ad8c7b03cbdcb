function Get-FbDiagnosis {
    <#
    .SYNOPSIS
    What decides whether the host can be worked on: rights, disk, clock, pending reboot.
    #>
    [CmdletBinding()]
    param()
    $time = ConvertTo-FbTime -Value (Get-FbTime)
    $identity = Get-FbIdentity
    $drive = Resolve-FbPath -Path '%SystemDrive%' -Own
    $free = $null
    try { $free = [long] (Get-FbWmi -Class Win32_LogicalDisk -Filter "DeviceID='$drive'").FreeSpace } catch { $free = $null }
    $pending = Get-FbPendingReboot
    New-Object -TypeName PSObject -Property @{
        User            = $identity.Name
        IsAdministrator = $identity.IsAdministrator
        SystemDrive     = $drive
        FreeDiskBytes   = $free
        Time            = $time
        PendingReboot   = @($pending.Reasons)
        PendingReadable = [bool] $pending.Readable
    }
}
