function Get-FbInfectedFile {
    <#
    .SYNOPSIS
    Whether the file, or one of the pattern in its folder, is there: Path, Present, Found (full paths), Running, Error.
    .PARAMETER Running
    Full paths of the programs that run.
    #>
    [CmdletBinding()]
    param([string] $Path, [AllowNull()] [string[]] $Running = @())
    $result = @{ Path = $Path; Present = $null; Found = @(); Running = $false; Error = '' }
    $own = Resolve-FbPath -Path $Path -Own
    try {
        $at = $own.LastIndexOf('\')
        $leaf = $own.Substring($at + 1)
        if ($leaf -match '[*?\[]') {
            foreach ($name in @(Get-FbChildName -Path $own.Substring(0, $at))) {
                if ($name -and $name -like $leaf) { $result.Found += $own.Substring(0, $at + 1) + $name }
            }
            $result.Present = $result.Found.Count -gt 0
        }
        else {
            $info = Get-FbFileInfo -Path $own
            $result.Present = $info.Exists
            if ($info.Exists) { $result.Found += $own }
            if ($null -eq $info.Exists) { $result.Error = [string] $info.Error }
        }
    }
    catch { $result.Error = $_.Exception.GetBaseException().Message }
    foreach ($each in @($Running)) {
        if (-not $each -or $each -notlike $own) { continue }
        $result.Running = $true
        # A program whose file was deleted or is hidden from us still runs.
        $result.Present = $true
        if ($result.Found -notcontains $each) { $result.Found += $each }
    }
    New-Object -TypeName PSObject -Property $result
}
