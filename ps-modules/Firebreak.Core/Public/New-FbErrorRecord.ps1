function New-FbErrorRecord {
    <#
    .SYNOPSIS
    Makes an error record whose id is a code of Firebreak (FB_AREA_CAUSE), for $PSCmdlet.ThrowTerminatingError.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Id,
        [Parameter(Mandatory = $true)] [string] $Message,
        [object] $Target = $null
    )
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Message
    New-Object -TypeName System.Management.Automation.ErrorRecord -ArgumentList $exception, $Id, 'InvalidOperation', $Target
}
