function Get-FbIpsecTool {
    <#
    .SYNOPSIS
    The program that writes IPsec policies on this system: Name (netsh, ipsecpol, ipseccmd or empty), Path, Missing (why not).
    .DESCRIPTION
    netsh knows `ipsec static` since Windows Server 2003. Windows 2000 and XP have programs of their own, which an
    administrator installs; NT 4.0 has no IPsec.
    #>
    [CmdletBinding()]
    param()
    $result = @{ Name = ''; Path = ''; Missing = '' }
    $key = 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $version = [string] (Get-FbRegistryValue -Path $key -Name 'CurrentVersion').Value
    $packages = @{
        ipsecpol = 'the Windows 2000 Resource Kit'
        ipseccmd = 'the Support Tools of the Windows XP CD'
    }
    switch ($version) {
        '4.0' { $result.Missing = 'Windows NT 4.0 has no IPsec' }
        '5.0' { $result.Name = 'ipsecpol' }
        '5.1' { $result.Name = 'ipseccmd' }
        default {
            $result.Name = 'netsh'
            $result.Path = 'netsh.exe'
        }
    }
    if ($packages.ContainsKey($result.Name)) {
        $result.Path = Find-FbTool -FileName "$($result.Name).exe"
        if (-not $result.Path) {
            $result.Missing = '{0}.exe is not there: install it from {1}, or put it with its DLLs into {2}' -f $result.Name, $packages[$result.Name], "$(Get-FbDataFolder)\tools"
        }
    }
    New-Object -TypeName PSObject -Property $result
}
