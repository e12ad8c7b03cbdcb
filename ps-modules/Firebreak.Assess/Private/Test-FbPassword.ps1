function Test-FbPassword {
    <#
    .SYNOPSIS
    One logon to the system's own IPC$ over the network: right, wrong, locked, or what else came of it, as a text.
    .DESCRIPTION
    The code of net use is the same in every language. Some codes come only once the password was right: the account is
    then kept out for another reason (1327 to 1330, 1385, 1907).
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Computer,
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Word
    )
    $share = '\\{0}\IPC$' -f $Computer
    $typed = $Word
    # Windows PowerShell drops an empty argument.
    if ($Word -eq '') { $typed = '""' }
    $said = Invoke-FbProgram -FilePath 'net.exe' -ArgumentList @('use', $share, $typed, ('/user:{0}\{1}' -f $Computer, $Name)) -TimeoutSeconds 60
    if ($said.ExitCode -eq 0) {
        $null = Invoke-FbProgram -FilePath 'net.exe' -ArgumentList @('use', $share, '/delete', '/y') -TimeoutSeconds 60
        return 'right'
    }
    $text = $said.Output -join ' '
    if ($text -notmatch '(\d{2,5})') { return "net use ended with $($said.ExitCode)" }
    $code = [int] $Matches[1]
    if (@(1327, 1328, 1329, 1330, 1385, 1907) -contains $code) { return 'right' }
    if (@(86, 1326) -contains $code) { return 'wrong' }
    if ($code -eq 1909) { return 'locked' }
    "system error $code"
}
