function Get-FbRegistryValue {
    <#
    .SYNOPSIS
    A value of the 64-bit registry view: Readable, KeyPresent, Present, Type (DWord, String ...) and Value, unexpanded.
    .DESCRIPTION
    Never fails: what cannot be read has Readable = $false and the reason in Error. A DWord has no sign: 4294967295, not -1.
    .PARAMETER Name
    Empty = the default value of the key.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Name
    )
    $result = @{ Readable = $true; KeyPresent = $false; Present = $false; Type = $null; Value = $null; Error = $null }
    $there = @{}
    if ($script:FbTarget) { $there = Get-FbTargetRegistryValue -Path $Path -Name $Name }
    # A 32-bit process sees the other view: the native reg.exe does not.
    elseif ($env:PROCESSOR_ARCHITEW6432) { $there = Get-FbNativeRegistryValue -Path $Path -Name $Name }
    else {
        try {
            $key = Get-Item -LiteralPath (ConvertTo-FbRegistryPath -Path $Path) -ErrorAction Stop
            $result.KeyPresent = $true
            foreach ($found in $key.GetValueNames()) {
                if ($found -ne $Name) { continue }
                $result.Present = $true
                $result.Type = $key.GetValueKind($found).ToString()
                $result.Value = $key.GetValue($found, $null, 'DoNotExpandEnvironmentNames')
            }
        }
        catch [System.Management.Automation.ItemNotFoundException] { $result.KeyPresent = $false }
        catch {
            $result.Readable = $false
            $result.Error = $_.Exception.Message
        }
    }
    foreach ($field in @($there.Keys)) { $result[$field] = $there[$field] }
    # .NET gives these 32 bits with a sign, reg.exe and people write them without.
    if ($result.Type -eq 'DWord' -and $result.Value -lt 0) { $result.Value = [long] $result.Value + 4294967296 }
    New-Object -TypeName PSObject -Property $result
}
