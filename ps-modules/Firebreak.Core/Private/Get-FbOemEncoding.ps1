function Get-FbOemEncoding {
    <#
    .SYNOPSIS
    The encoding of the host's console (932 on a Japanese system); UTF-8, which has ASCII in common with it, where it is unknown here.
    #>
    [CmdletBinding()]
    param()
    $page = Get-FbRegistryValue -Path 'HKLM\SYSTEM\CurrentControlSet\Control\Nls\CodePage' -Name 'OEMCP'
    $encoding = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    if ([string] $page.Value -notmatch '^\d+$') { return $encoding }
    # PowerShell 7 knows fewer code pages than Windows PowerShell.
    try { [System.Text.Encoding]::GetEncoding([int] $page.Value) } catch { $encoding }
}
