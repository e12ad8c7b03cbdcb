function Get-FbFirewallStore {
    <#
    .SYNOPSIS
    The local rules of Windows Firewall as the registry holds them: Readable, Rules (name -> text), Sha256 over all.
    .DESCRIPTION
    By one call of reg.exe: a system has hundreds of rules, and netsh says them in the system's language only.
    #>
    [CmdletBinding()]
    param()
    $result = @{ Readable = $false; Rules = @{}; Sha256 = '' }
    $key = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules'
    $found = Invoke-FbProgram -FilePath 'reg.exe' -ArgumentList @('query', $key)
    $result.Readable = $found.ExitCode -eq 0
    foreach ($line in $found.Output) {
        if ($line -match '^(.+?)\s{4}REG_SZ\s{4}(.*)$') { $result.Rules[$Matches[1]] = $Matches[2] }
    }
    $lines = @()
    foreach ($name in @($result.Rules.Keys | Sort-Object)) {
        if ($null -ne $name) { $lines += "$name=$($result.Rules[$name])" }
    }
    if ($result.Readable) { $result.Sha256 = Get-FbTextSha256 -Text ($lines -join "`n") }
    New-Object -TypeName PSObject -Property $result
}
