function Get-FbAdministrator {
    <#
    .SYNOPSIS
    Who is in the local group of the administrators, by its SID: Readable, Error, Members (DOMAIN\name).
    #>
    [CmdletBinding()]
    param()
    $result = @{ Readable = $false; Error = ''; Members = @() }
    try {
        $group = @(Get-FbWmi -Class Win32_Group -Filter "LocalAccount=TRUE AND SID='S-1-5-32-544'")[0]
        if ($null -eq $group) { $result.Error = 'there is no local group of administrators' }
        else {
            $filter = "GroupComponent=`"Win32_Group.Domain='{0}',Name='{1}'`"" -f $group.Domain, $group.Name
            foreach ($pair in @(Get-FbWmi -Class Win32_GroupUser -Filter $filter)) {
                if ($null -eq $pair) { continue }
                $part = $pair.PartComponent
                # A path by Get-WmiObject, an object by Get-CimInstance.
                if ($part -isnot [string]) { $result.Members += '{0}\{1}' -f $part.Domain, $part.Name }
                elseif ($part -match 'Domain="([^"]*)",Name="([^"]*)"') { $result.Members += '{0}\{1}' -f $Matches[1], $Matches[2] }
            }
            $result.Readable = $true
        }
    }
    catch { $result.Error = $_.Exception.GetBaseException().Message }
    New-Object -TypeName PSObject -Property $result
}
