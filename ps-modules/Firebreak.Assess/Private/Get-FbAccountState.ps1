function Get-FbAccountState {
    <#
    .SYNOPSIS
    Well-known local accounts by the last number of their SID, whatever they are called: Rid, Present, Name, Disabled, Error.
    #>
    [CmdletBinding()]
    param([int[]] $Rid)
    $all = $null
    $why = ''
    try { $all = @(Get-FbWmi -Class Win32_UserAccount -Filter 'LocalAccount=TRUE') }
    catch { $why = $_.Exception.GetBaseException().Message }
    foreach ($number in $Rid) {
        $result = @{ Rid = $number; Present = $null; Name = $null; Disabled = $null; Error = $why }
        if ($null -ne $all) { $result.Present = $false }
        foreach ($account in @($all)) {
            if ($null -eq $account -or "$($account.SID)" -notmatch "^S-1-5-21-.*-$number$") { continue }
            $result.Present = $true
            $result.Name = [string] $account.Name
            $result.Disabled = [bool] $account.Disabled
        }
        New-Object -TypeName PSObject -Property $result
    }
}
