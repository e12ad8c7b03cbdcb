function Open-FbFile {
    <#
    .SYNOPSIS
    Opens a file as a stream; the one place where modules reach the file system below cmdlets. The caller closes it.
    .DESCRIPTION
    A file that somebody else is just writing is waited for, five seconds at most, but with NoWait.
    .PARAMETER Mode
    CreateNew is atomic: exactly one caller gets the file, all others get an error.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [ValidateSet('Open', 'OpenOrCreate', 'CreateNew', 'Create')] [string] $Mode = 'Open',
        [ValidateSet('Read', 'Write', 'ReadWrite')] [string] $Access = 'Read',
        [ValidateSet('None', 'Read', 'ReadWrite')] [string] $Share = 'Read',
        [switch] $NoWait
    )
    $full = Resolve-FbPath -Path $Path
    for ($try = 1; ; $try++) {
        try {
            # Strings become the enumerations' values when the method is bound.
            return [System.IO.File]::Open($full, $Mode, $Access, $Share)
        }
        catch {
            # Precisely this type: a sharing violation; what is missing or forbidden has types of its own.
            $kind = $_.Exception.GetBaseException().GetType().FullName
            if ($NoWait -or $Mode -eq 'CreateNew' -or $kind -ne 'System.IO.IOException' -or $try -ge 50) { throw }
        }
        Start-Sleep -Milliseconds 100
    }
}
