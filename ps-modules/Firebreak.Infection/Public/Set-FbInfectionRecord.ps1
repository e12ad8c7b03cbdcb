function Set-FbInfectionRecord {
    <#
    .SYNOPSIS
    Leaves on the host that it was compromised and cleaned, so that no later look takes it for a clean one; what was found before is kept.
    .PARAMETER Judgement
    Why the cleaning is enough; empty: nobody has said so.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]] $Family,
        [Parameter(Mandatory = $true)] [string] $Run,
        [AllowEmptyString()] [string] $Judgement = '',
        [AllowEmptyString()] [string] $By = ''
    )
    $path = Get-FbInfectionRecordPath
    if (-not $PSCmdlet.ShouldProcess($path, 'write')) { return }
    $all = @()
    $earlier = Get-FbInfectionRecord
    $known = @($Family)
    if ($null -ne $earlier) { $known = @($earlier.Families) + $known }
    foreach ($each in $known) { if ($each -and $all -notcontains $each) { $all += $each } }
    New-FbFolder -Path (Get-FbDataFolder)
    $lines = @(
        ('families={0}' -f ($all -join '|')), ('at={0}' -f (ConvertTo-FbTime -Value (Get-FbTime))), "run=$Run",
        ('judgement={0}' -f ($Judgement -replace '\s+', ' ')), ('by={0}' -f ($By -replace '\s+', ' ')), ''
    )
    Set-FbText -Path $path -Text ($lines -join "`r`n")
    Get-FbInfectionRecord
}
