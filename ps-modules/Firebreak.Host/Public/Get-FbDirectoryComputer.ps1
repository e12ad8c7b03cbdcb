function Get-FbDirectoryComputer {
    <#
    .SYNOPSIS
    Computers of the Active Directory of this host's domain, by the ActiveDirectory module or by ADSI.
    .PARAMETER Filter
    LDAP filter that holds besides that for computers.
    .PARAMETER MaxAgeDays
    Computers whose last logon is longer ago are left out, and so are those that never logged on; 0 = none.
    .PARAMETER Credential
    For the second hop: the session's own logon does not reach a domain controller.
    #>
    [CmdletBinding()]
    param(
        [string] $Searcher = 'auto',
        [string] $Base = '',
        [string] $Filter = '',
        [bool] $IncludeDisabled = $false,
        [double] $MaxAgeDays = 0,
        [AllowNull()] [object] $Credential = $null
    )
    $parts = '(objectCategory=computer)'
    # Bit 2 of userAccountControl, matched by the rule for bitwise AND.
    if (-not $IncludeDisabled) { $parts += '(!(userAccountControl:1.2.840.113556.1.4.803:=2))' }
    if ($MaxAgeDays -gt 0) { $parts += '(lastLogonTimestamp>={0})' -f (Get-Date).AddDays(-$MaxAgeDays).ToFileTimeUtc() }
    $query = "(&$parts$Filter)"
    $hasModule = $false
    if ($Searcher -ne 'adsi') { $hasModule = [bool] (Get-Module -ListAvailable -Name ActiveDirectory) }
    if ($Searcher -eq 'module' -and -not $hasModule) {
        $message = 'the module ActiveDirectory is not installed on this host'
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_STEP_CONDITION' -Message $message))
    }
    if ($hasModule) { Select-FbModuleComputer -Query $query -Base $Base -Credential $Credential }
    else { Select-FbAdsiComputer -Query $query -Base $Base -Credential $Credential }
}
