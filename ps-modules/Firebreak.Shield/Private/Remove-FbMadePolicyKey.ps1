function Remove-FbMadePolicyKey {
    <#
    .SYNOPSIS
    Removes the keys that netsh has made for a shield, from the innermost up to the given one, as far as they are empty.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([AllowEmptyString()] [string] $Path)
    if (-not $Path -or -not $PSCmdlet.ShouldProcess($Path, 'remove empty keys')) { return }
    $key = 'HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local'
    while ($key.Length -ge $Path.Length) {
        $found = Get-FbRegistryName -Path $key
        if (-not $found.Readable -or @($found.SubKeys).Count -gt 0 -or @($found.Values).Count -gt 0) { return }
        $null = Remove-FbRegistryKey -Path $key
        $key = $key.Substring(0, $key.LastIndexOf('\'))
    }
}
