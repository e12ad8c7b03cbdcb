function ConvertTo-FbDirectoryComputer {
    <#
    .SYNOPSIS
    What the directory says of a computer, as one object.
    #>
    [CmdletBinding()]
    param(
        [AllowNull()] [object] $Name,
        [AllowNull()] [object] $DnsName,
        [AllowNull()] [object] $DistinguishedName,
        [AllowNull()] [object] $System,
        [AllowNull()] [object] $SystemVersion,
        [AllowNull()] [object] $Control,
        [AllowNull()] [object] $LastLogon
    )
    $last = $null
    if ($null -ne $LastLogon -and [long] $LastLogon -gt 0) { $last = ConvertTo-FbTime -Value ([DateTime]::FromFileTimeUtc([long] $LastLogon)) }
    $flags = 0
    if ($null -ne $Control) { $flags = [int] $Control }
    New-Object -TypeName PSObject -Property @{
        Name                   = [string] $Name
        DnsName                = [string] $DnsName
        DistinguishedName      = [string] $DistinguishedName
        OperatingSystem        = [string] $System
        OperatingSystemVersion = [string] $SystemVersion
        # Bit 2: the account is disabled.
        Enabled                = -not ($flags -band 2)
        LastLogon              = $last
    }
}
