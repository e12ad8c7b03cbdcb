function Remove-FbRegistryKey {
    <#
    .SYNOPSIS
    Removes a key of the 64-bit registry view with all that is in it, if it is there: Changed.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] [string] $Path)
    $changed = $false
    if ((Get-FbRegistryName -Path $Path).KeyPresent -and $PSCmdlet.ShouldProcess($Path, 'remove')) {
        $key = ConvertTo-FbRegistryPath -Path $Path
        if ($script:FbTarget) { Remove-FbTargetRegistry -Path $Path }
        elseif ($env:PROCESSOR_ARCHITEW6432) {
            $null = Invoke-FbProgram -FilePath 'reg.exe' -ArgumentList @('delete', ($key -replace '^Registry::', ''), '/f')
        }
        else { Remove-Item -LiteralPath $key -Recurse -Force -ErrorAction Stop }
        $changed = $true
    }
    New-Object -TypeName PSObject -Property @{ Changed = $changed }
}
