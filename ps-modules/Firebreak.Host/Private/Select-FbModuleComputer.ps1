function Select-FbModuleComputer {
    <#
    .SYNOPSIS
    The computers that an LDAP query finds, by Get-ADComputer.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Query,
        [string] $Base = '',
        [AllowNull()] [object] $Credential = $null
    )
    Import-Module -Name ActiveDirectory -ErrorAction Stop
    $parameters = @{
        LDAPFilter     = $Query
        Properties     = @('dNSHostName', 'operatingSystem', 'operatingSystemVersion', 'lastLogonTimestamp', 'userAccountControl')
        ResultPageSize = 500
        ErrorAction    = 'Stop'
    }
    if ($Base) { $parameters.SearchBase = $Base }
    if ($null -ne $Credential) { $parameters.Credential = $Credential }
    Get-ADComputer @parameters | ForEach-Object {
        ConvertTo-FbDirectoryComputer -Name $_.Name -DnsName $_.dNSHostName -DistinguishedName $_.DistinguishedName -System $_.operatingSystem -SystemVersion $_.operatingSystemVersion -Control $_.userAccountControl -LastLogon $_.lastLogonTimestamp
    }
}
