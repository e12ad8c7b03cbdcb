function Remove-FbRegistryValue {
    <#
    .SYNOPSIS
    Removes a value of the 64-bit registry view, if it is there: Changed.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [string] $Name
    )
    $changed = $false
    if ((Get-FbRegistryValue -Path $Path -Name $Name).Present -and $PSCmdlet.ShouldProcess("$Path\$Name", 'remove')) {
        $key = ConvertTo-FbRegistryPath -Path $Path
        if ($script:FbTarget) { Remove-FbTargetRegistry -Path $Path -Name $Name }
        elseif ($env:PROCESSOR_ARCHITEW6432) {
            $null = Invoke-FbProgram -FilePath 'reg.exe' -ArgumentList @('delete', ($key -replace '^Registry::', ''), '/v', $Name, '/f')
        }
        else { Remove-ItemProperty -LiteralPath $key -Name $Name -ErrorAction Stop }
        $changed = $true
    }
    New-Object -TypeName PSObject -Property @{ Changed = $changed }
}
