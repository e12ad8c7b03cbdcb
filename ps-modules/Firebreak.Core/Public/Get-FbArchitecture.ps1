function Get-FbArchitecture {
    <#
    .SYNOPSIS
    x64, x86, arm64 or ia64: of the system, not of this process; $null when it cannot be told.
    #>
    [CmdletBinding()]
    param()
    $name = $env:PROCESSOR_ARCHITEW6432
    if ($script:FbTarget) { $name = $script:FbTarget.Architecture }
    elseif (-not $name) { $name = $env:PROCESSOR_ARCHITECTURE }
    switch ("$name".ToUpper()) {
        'AMD64' { 'x64' }
        'X86' { 'x86' }
        'ARM64' { 'arm64' }
        'IA64' { 'ia64' }
        default { $null }
    }
}
