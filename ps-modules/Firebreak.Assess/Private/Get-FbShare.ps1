function Get-FbShare {
    <#
    .SYNOPSIS
    Shares that somebody made, from the registry: Readable, Error, Shares (Name, Path, Descriptor in base64; $null = none of its own).
    .DESCRIPTION
    The shares that Windows makes by itself (C$, ADMIN$, IPC$) are not among them. Descriptor is the security descriptor of
    the share, self-relative.
    #>
    [CmdletBinding()]
    param()
    $key = 'HKLM\SYSTEM\CurrentControlSet\Services\LanmanServer\Shares'
    $result = @{ Readable = $false; Error = ''; Shares = @() }
    $names = Get-FbRegistryName -Path $key
    if (-not $names.Readable) { $result.Error = 'the registry could not be read' }
    else {
        $result.Readable = $true
        foreach ($name in @($names.Values)) {
            if (-not $name) { continue }
            $entry = Get-FbRegistryValue -Path $key -Name $name
            $security = Get-FbRegistryValue -Path "$key\Security" -Name $name
            if (-not $entry.Readable -or -not $security.Readable) {
                $result.Readable = $false
                $result.Error = [string] $entry.Error + [string] $security.Error
                continue
            }
            $path = ''
            foreach ($line in @($entry.Value)) { if ("$line" -match '^Path=(.*)$') { $path = $Matches[1] } }
            # Of a printer or another device.
            if ($path -notmatch '^([A-Za-z]:|\\\\)') { continue }
            $descriptor = $null
            if ($security.Present) { $descriptor = [Convert]::ToBase64String([byte[]] @($security.Value)) }
            $result.Shares += New-Object -TypeName PSObject -Property @{ Name = $name; Path = $path; Descriptor = $descriptor }
        }
    }
    New-Object -TypeName PSObject -Property $result
}
