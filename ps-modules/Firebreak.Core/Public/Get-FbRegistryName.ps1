function Get-FbRegistryName {
    <#
    .SYNOPSIS
    Names of the subkeys and values of a key of the 64-bit view: Readable, KeyPresent, SubKeys, Values.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path)
    $result = @{ Readable = $true; KeyPresent = $false; SubKeys = @(); Values = @() }
    if ($script:FbTarget) { return New-Object -TypeName PSObject -Property (Get-FbTargetRegistryName -Path $Path) }
    if ($env:PROCESSOR_ARCHITEW6432) {
        $key = (ConvertTo-FbRegistryPath -Path $Path) -replace '^Registry::', ''
        $found = Invoke-FbProgram -FilePath 'reg.exe' -ArgumentList @('query', $key)
        $result.Readable = ($found.ExitCode -eq 0)
        $result.KeyPresent = $result.Readable
        foreach ($line in $found.Output) {
            if ($line.StartsWith("$key\")) { $result.SubKeys += $line.Substring($key.Length + 1) }
            elseif ($line -match '^(.+?)\s{4}REG_[A-Z_]+(\s|$)') { $result.Values += $Matches[1] }
        }
        return New-Object -TypeName PSObject -Property $result
    }
    try {
        $item = Get-Item -LiteralPath (ConvertTo-FbRegistryPath -Path $Path) -ErrorAction Stop
        $result.KeyPresent = $true
        $result.SubKeys = @($item.GetSubKeyNames())
        $result.Values = @($item.GetValueNames())
    }
    catch [System.Management.Automation.ItemNotFoundException] { $result.KeyPresent = $false }
    catch { $result.Readable = $false }
    New-Object -TypeName PSObject -Property $result
}
