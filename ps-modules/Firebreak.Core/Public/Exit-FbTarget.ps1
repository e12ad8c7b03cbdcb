function Exit-FbTarget {
    <#
    .SYNOPSIS
    Closes the connection to the target; the functions work on this machine again. Nothing happens without a target.
    #>
    [CmdletBinding()]
    param()
    $target = $script:FbTarget
    $script:FbTarget = $null
    if ($null -eq $target) { return }
    # Whatever cannot be closed has gone with the connection.
    try { if ($null -ne $target.BaseKey) { $target.BaseKey.Close() } } catch { $target.BaseKey = $null }
    if ($null -ne $target.Cim) { Remove-CimSession -CimSession $target.Cim -ErrorAction SilentlyContinue -WhatIf:$false }
    try { if ($target.Drive) { Remove-PSDrive -Name FbTarget -Force -ErrorAction Stop -WhatIf:$false } } catch { $target.Drive = $false }
}
