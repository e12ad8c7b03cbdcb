function Select-FbAdsiComputer {
    <#
    .SYNOPSIS
    The computers that an LDAP query finds, by ADSI, page by page.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Query,
        [string] $Base = '',
        [AllowNull()] [object] $Credential = $null
    )
    $login = @()
    if ($null -ne $Credential) { $login = @($Credential.UserName, $Credential.GetNetworkCredential().Password) }
    $where = $Base
    if (-not $where) {
        $rootArguments = @('LDAP://RootDSE') + $login
        $root = New-Object -TypeName System.DirectoryServices.DirectoryEntry -ArgumentList $rootArguments
        $where = [string] $root.Properties.Item('defaultNamingContext').Value
        $root.Dispose()
    }
    $entryArguments = @("LDAP://$where") + $login
    $entry = New-Object -TypeName System.DirectoryServices.DirectoryEntry -ArgumentList $entryArguments
    $searcher = New-Object -TypeName System.DirectoryServices.DirectorySearcher -ArgumentList $entry, $Query
    $found = $null
    try {
        # Without a page size a directory gives a thousand objects and no more.
        $searcher.PageSize = 500
        foreach ($name in @('name', 'dnshostname', 'distinguishedname', 'operatingsystem', 'operatingsystemversion', 'useraccountcontrol', 'lastlogontimestamp')) {
            $null = $searcher.PropertiesToLoad.Add($name)
        }
        $found = $searcher.FindAll()
        foreach ($result in $found) {
            $one = @{}
            foreach ($name in @($result.Properties.PropertyNames)) { $one[[string] $name] = @($result.Properties.Item($name))[0] }
            ConvertTo-FbDirectoryComputer -Name $one['name'] -DnsName $one['dnshostname'] -DistinguishedName $one['distinguishedname'] -System $one['operatingsystem'] -SystemVersion $one['operatingsystemversion'] -Control $one['useraccountcontrol'] -LastLogon $one['lastlogontimestamp']
        }
    }
    finally {
        if ($null -ne $found) { $found.Dispose() }
        $searcher.Dispose()
        $entry.Dispose()
    }
}
