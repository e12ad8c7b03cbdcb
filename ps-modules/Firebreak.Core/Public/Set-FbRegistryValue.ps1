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
            $null = New-ItemProperty -LiteralPath $key -Name $Name -PropertyType $Type -Value $Value -Force -ErrorAction Stop
        }
        $changed = $true
    }
    New-Object -TypeName PSObject -Property @{ Changed = $changed }
}
