function Open-FbFile {
    <#
    .SYNOPSIS
    Opens a file as a stream; the one place where modules reach the file system below cmdlets. The caller closes it.
    .PARAMETER Mode
    CreateNew is atomic: exactly one caller gets the file, all others get an error.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [ValidateSet('Open', 'OpenOrCreate', 'CreateNew', 'Create')] [string] $Mode = 'Open',
        [ValidateSet('Read', 'Write', 'ReadWrite')] [string] $Access = 'Read',
        [ValidateSet('None', 'Read', 'ReadWrite')] [string] $Share = 'Read'
    )
    # Strings become the enumerations' values when the method is bound.
    [System.IO.File]::Open($Path, $Mode, $Access, $Share)
}
