function Set-FbDcomShield {
    <#
    .SYNOPSIS
    Switches DCOM off from the next start on: Changed, Applied, Errors.
    .DESCRIPTION
    No timer takes it back: that would need a restart, and a way in that does not use DCOM. What was there before is
    written down on the host first, for whoever finds it there. Where DCOM is switched off already, the mark alone is made
    that shows a restart from now on.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[A-Za-z0-9-]+$')] [string] $Id,
        [bool] $PriorPresent = $false,
        [AllowEmptyString()] [string] $PriorType = '',
        [AllowNull()] [object] $PriorValue = $null
    )
    $key = 'HKLM\SOFTWARE\Microsoft\OLE'
    $result = @{ Changed = $false; Applied = $false; Errors = @() }
    $before = Get-FbDcomShield -Id $Id
    if (-not $before.Readable) { $result.Errors += 'EnableDCOM could not be read' }
    elseif ($before.OnlyByDcom) { $result.Errors += 'the registry of the host is reached by DCOM alone, so nobody could switch it on again' }
    elseif ($before.IsOff -and (Get-FbShieldRecord -Id $Id).Marked) { $result.Applied = $true }
    elseif ($PSCmdlet.ShouldProcess("$key\EnableDCOM", 'write N')) {
        try {
            Set-FbShieldRecord -Id $Id -Record @{
                Method = 'dcom'; Key = $key; Name = 'EnableDCOM'; Type = 'String'; Value = 'N'
                PriorPresent = "$PriorPresent"; PriorType = $PriorType; PriorValue = "$PriorValue"
            }
            $off = Get-FbBootMark -Id $Id -Off
            $null = Remove-FbRegistryValue -Path $off.Path -Name $off.Name
            Set-FbBootMark -Id $Id
            $null = Set-FbRegistryValue -Path $key -Name 'EnableDCOM' -Type String -Value 'N'
            $result.Changed = $true
        }
        catch { $result.Errors += $_.Exception.Message }
        $result.Applied = [bool] (Get-FbDcomShield -Id $Id).IsOff
    }
    New-Object -TypeName PSObject -Property $result
}
