function Get-FbIpsecWeakness {
    <#
    .SYNOPSIS
    Why the policy under this path is no protection: it blocks nothing. Empty when it blocks something, or cannot be read.
    #>
    [CmdletBinding()]
    param([AllowEmptyString()] [string] $Path)
    if (-not $Path) { return '' }
    $local = 'HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local'
    $block = '{3f91a819-7647-11d1-864d-d46a00000000}'
    $pass = '{8a171dd2-77e3-11d1-8659-a04f00000000}'
    $rules = Get-FbRegistryValue -Path "$local\$($Path.Substring($Path.LastIndexOf('\') + 1))" -Name 'ipsecNFAReference'
    if (-not $rules.Readable) { return '' }
    $permits = 0
    $asks = 0
    foreach ($rule in @($rules.Value)) {
        if (-not $rule) { continue }
        $key = "$local\$($rule.Substring($rule.LastIndexOf('\') + 1))"
        $active = Get-FbRegistryValue -Path $key -Name 'ipsecNFAActive'
        if ($active.Present -and [int] $active.Value -eq 0) { continue }
        $action = Get-FbRegistryValue -Path $key -Name 'ipsecNegotiationPolicyReference'
        if (-not $action.Readable -or -not $action.Present) { return '' }
        $kind = Get-FbRegistryValue -Path "$local\$(([string] $action.Value).Substring(([string] $action.Value).LastIndexOf('\') + 1))" -Name 'ipsecNegotiationPolicyAction'
        if (-not $kind.Readable) { return '' }
        if ([string] $kind.Value -eq $block) { return '' }
        if ([string] $kind.Value -eq $pass) { $permits++ } else { $asks++ }
    }
    if ($asks -gt 0) { return 'it blocks nothing: it requests security, or requires it and trusts every computer that can authenticate, such as the whole domain' }
    if ($permits -gt 0) { return 'it blocks nothing: it only permits' }
    'it has no rule in force'
}
