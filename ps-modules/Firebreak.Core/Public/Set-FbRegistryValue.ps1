function Set-FbRegistryValue {
    <#
    .SYNOPSIS
    Writes a value of the 64-bit registry view, making its key where it is missing: Changed.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [ValidateSet('String', 'ExpandString', 'DWord', 'QWord', 'MultiString')] [string] $Type,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [AllowEmptyCollection()] [object] $Value
    )
    if ($Type -eq 'DWord' -and [long] $Value -lt 0) { $Value = [long] $Value + 4294967296 }
    $before = Get-FbRegistryValue -Path $Path -Name $Name
    $same = $before.Present -and $before.Type -eq $Type -and (@($before.Value) -join "`0") -ceq (@($Value) -join "`0")
    $changed = $false
    if (-not $same -and $PSCmdlet.ShouldProcess("$Path\$Name", 'write')) {
        if ($script:FbTarget) { Set-FbTargetRegistryValue -Path $Path -Name $Name -Type $Type -Value $Value }
        elseif ($env:PROCESSOR_ARCHITEW6432) { Set-FbNativeRegistryValue -Path $Path -Name $Name -Type $Type -Value $Value }
        else {
            $key = ConvertTo-FbRegistryPath -Path $Path
            # New-Item -Force would empty a key that is there.
            if (-not $before.KeyPresent) { $null = New-Item -Path $key -Force -ErrorAction Stop }
            $data = $Value
            # With a sign, as .NET wants it.
            if ($Type -eq 'DWord') { $data = [BitConverter]::ToInt32([BitConverter]::GetBytes([long] $Value), 0) }
            $null = New-ItemProperty -LiteralPath $key -Name $Name -PropertyType $Type -Value $data -Force -ErrorAction Stop
        }
        $changed = $true
    }
    New-Object -TypeName PSObject -Property @{ Changed = $changed }
}
