function Get-FbRemoval {
    <#
    .SYNOPSIS
    Whether an update or a product is there, and what can remove it: Installed ($null = unreadable), Pending, Engine, Subject, Reason.
    .DESCRIPTION
    Pending: install or remove, where that waits for a restart. Engine and Subject are those of Start-FbPackageJob;
    Engine is $null where nothing can remove it, and Reason says why. Before Vista an update leaves a program that gives
    the old files back; later the component store does it, which knows cumulative updates by build and revision, and by
    number only in their manifests.
    .PARAMETER Kb
    KB824146
    .PARAMETER Product
    Product code of the Windows Installer; with Patch, the code of a patch of that product.
    .PARAMETER Wusa
    Let wusa.exe look for the update, whatever else could remove it.
    #>
    [CmdletBinding()]
    param(
        [ValidatePattern('^$|^KB\d{6,8}$')] [string] $Kb = '',
        [ValidatePattern('^$|^\{[0-9A-Fa-f-]{36}\}$')] [string] $Product = '',
        [ValidatePattern('^$|^\{[0-9A-Fa-f-]{36}\}$')] [string] $Patch = '',
        [switch] $Wusa
    )
    $found = $null
    if ($Product) { $found = Find-FbProduct -Product $Product -Patch $Patch }
    else {
        $found = Find-FbUninstaller -Kb $Kb
        if ($null -eq $found) { $found = Find-FbStorePackage -Kb $Kb -Wusa:$Wusa }
    }
    $result = @{ Installed = $false; Pending = $null; Engine = $null; Subject = $null; Reason = $null }
    foreach ($name in @($found.Keys)) { $result[$name] = $found[$name] }
    New-Object -TypeName PSObject -Property $result
}
