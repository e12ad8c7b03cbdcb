function Get-FbIdentity {
    <#
    .SYNOPSIS
    As whom this runs, and whether it has the rights of an administrator now; $null where the system does not tell.
    #>
    [CmdletBinding()]
    param()
    $name = $null
    $isAdministrator = $null
    if ($script:FbTarget) {
        # Nobody else gets to the admin share, and Enter-FbTarget did.
        if ($null -ne $script:FbTarget.Credential) { $name = [string] $script:FbTarget.Credential.UserName }
        return New-Object -TypeName PSObject -Property @{ Name = $name; IsAdministrator = $true }
    }
    try {
        $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
        $name = [string] $identity.Name
        $principal = New-Object -TypeName System.Security.Principal.WindowsPrincipal -ArgumentList $identity
        # The group's SID, which is the same in every language; false for a token that UAC has filtered.
        $group = New-Object -TypeName System.Security.Principal.SecurityIdentifier -ArgumentList 'S-1-5-32-544'
        $isAdministrator = [bool] $principal.IsInRole($group)
    }
    catch { $isAdministrator = $null }
    New-Object -TypeName PSObject -Property @{ Name = $name; IsAdministrator = $isAdministrator }
}
