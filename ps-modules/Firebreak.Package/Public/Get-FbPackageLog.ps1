function Get-FbPackageLog {
    <#
    .SYNOPSIS
    The last lines of what an installation wrote: Log (its log file, $null = none) and Lines, the program's own output first.
    .DESCRIPTION
    Quiet installers hide what went wrong and say it in their log only. The text is for people: it is localised.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[0-9A-Fa-f]{64}$')] [string] $Sha256,
        [ValidateRange(1, 1000)] [int] $Count = 40
    )
    $folder = Get-FbJobFolder -Sha256 $Sha256
    $receipt = ConvertFrom-FbState -Text (Get-FbText -Path "$folder\receipt.txt")
    $log = $null
    if ($receipt.log -and (Test-FbFile -Path $receipt.log -PathType Leaf)) { $log = $receipt.log }
    $lines = @()
    foreach ($path in @("$folder\install.out", $log)) {
        if (-not $path) { continue }
        $text = [string] (Get-FbText -Path $path -Encoding Oem)
        $all = @($text -split "`r?`n" | Where-Object { $_.Trim() })
        if ($all.Count -gt $Count) { $all = $all[($all.Count - $Count)..($all.Count - 1)] }
        $lines += $all
    }
    New-Object -TypeName PSObject -Property @{ Log = $log; Lines = $lines }
}
