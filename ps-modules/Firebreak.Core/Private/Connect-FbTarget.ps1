function Connect-FbTarget {
    <#
    .SYNOPSIS
    Opens the connection to the target's admin share. The password goes to the system call, into no argument list.
    #>
    [CmdletBinding()]
    param()
    $target = $script:FbTarget
    $root = '\\{0}\ADMIN$' -f $target.UncHost
    $drive = @{ Name = 'FbTarget'; PSProvider = 'FileSystem'; Root = $root; Scope = 'Global'; ErrorAction = 'Stop'; WhatIf = $false }
    if ($null -ne $target.Credential) { $drive.Credential = $target.Credential }
    # What a call that was cut off has left behind.
    try { Remove-PSDrive -Name FbTarget -Force -ErrorAction Stop -WhatIf:$false } catch { $target.Drive = $false }
    try { $null = New-PSDrive @drive }
    catch {
        # 1219: this logon still holds a connection to the target under another name.
        if ((Get-FbErrorCode -ErrorRecord $_) -ne 1219) { throw }
        $null = Invoke-FbRelayProgram -FilePath 'net.exe' -ArgumentList @('use', $root, '/delete', '/y')
        $null = New-PSDrive @drive
    }
    $target.Drive = $true
}
