function Test-FbTaskScheduler {
    <#
    .SYNOPSIS
    Whether the target has the task scheduler of Windows Vista and later, which takes tasks as XML.
    #>
    [CmdletBinding()]
    param()
    "$($script:FbTarget.Version)" -match '^(\d+)\.' -and [int] $Matches[1] -ge 6
}
