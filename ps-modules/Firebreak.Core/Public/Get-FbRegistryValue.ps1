function Get-FbRegistryValue {
    <#
    .SYNOPSIS
    A value of the 64-bit registry view: Readable, KeyPresent, Present, Type (DWord, String ...) and Value, unexpanded.
    .DESCRIPTION
    Never fails: what cannot be read has Readable = $false and the reason in Error.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [string] $Name
    )
    $result = @{ Readable = $true; KeyPresent = $false; Present = $false; Type = $null; Value = $null; Error = $null }
    if ($script:FbTarget) {
        $there = Get-FbTargetRegistryValue -Path $Path -Name $Name
        foreach ($field in @($there.Keys)) { $result[$field] = $there[$field] }
        return New-Object -TypeName PSObject -Property $result
    }
    if ($env:PROCESSOR_ARCHITEW6432) {
        # A 32-bit process sees the other view: the native reg.exe does not.
        $native = Get-FbNativeRegistryValue -Path $Path -Name $Name
        foreach ($field in @($native.Keys)) { $result[$field] = $native[$field] }
        return New-Object -TypeName PSObject -Property $result
    }
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
    New-Object -TypeName PSObject -Property $result
}
