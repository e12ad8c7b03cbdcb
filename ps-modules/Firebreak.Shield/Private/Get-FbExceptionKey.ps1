function Get-FbExceptionKey {
    <#
    .SYNOPSIS
    Registry key of a profile (Domain, Standard) of the Windows Firewall of XP SP2 and 2003 SP1.
    .PARAMETER Policy
    What a Group Policy has written instead of the local settings.
    #>
    [CmdletBinding()]
    param([string] $ProfileName, [switch] $Policy)
    if ($Policy) { return "HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall\${ProfileName}Profile" }
    "HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\${ProfileName}Profile"
}
