function ConvertTo-FbCommandLine {
    <#
    .SYNOPSIS
    A program and its arguments as one line of a .cmd file: quoted where needed, percent signs doubled.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $FilePath, [AllowEmptyCollection()] [string[]] $ArgumentList = @())
    $parts = @("`"$FilePath`"")
    foreach ($argument in $ArgumentList) {
        # PowerShell 2 goes once through nothing.
        if ($null -eq $argument) { continue }
        $isQuoted = $argument.Length -gt 1 -and $argument.StartsWith('"') -and $argument.EndsWith('"')
        if (-not $isQuoted -and ($argument -eq '' -or $argument -match '[\s&|<>^()"!;,]')) {
            # A backslash before a quote would quote it.
            $argument = '"' + (($argument -replace '(\\*)"', '$1$1\"') -replace '(\\+)$', '$1$1') + '"'
        }
        $quotes = $argument.Split('"').Length - 1
        # The shell knows no quoted quotes: each ends what the one before began. Escaped, none of them begins anything.
        if ($quotes % 2 -ne 0 -or ($quotes -gt 2 -and $argument -match '[&|<>^]')) { $argument = $argument -replace '(["&|<>^])', '^$1' }
        $parts += $argument
    }
    ($parts -join ' ').Replace('%', '%%')
}
