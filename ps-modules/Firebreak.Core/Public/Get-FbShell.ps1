function Get-FbShell {
    <#
    .SYNOPSIS
    Version, edition and bitness of the PowerShell that runs this; no version for a target, which needs none.
    #>
    [CmdletBinding()]
    param()
    if ($script:FbTarget) { return New-Object -TypeName PSObject -Property @{ Version = ''; Edition = ''; IsWow64 = $false } }
    $edition = 'Desktop'
    if ($PSVersionTable.ContainsKey('PSEdition')) { $edition = [string] $PSVersionTable.PSEdition }
    New-Object -TypeName PSObject -Property @{
        Version     = $PSVersionTable.PSVersion.ToString()
        Edition     = $edition
        # Set only in a 32-bit process on a 64-bit system.
        IsWow64     = [bool] $env:PROCESSOR_ARCHITEW6432
    }
}
