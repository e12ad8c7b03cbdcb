function Open-FbWebResponse {
    <#
    .SYNOPSIS
    Asks a web server for a file, from a byte on; the one place where modules reach the web. The caller closes the response.
    .DESCRIPTION
    StatusCode tells whether the server began at the offset (206) or at the start (200). A server's refusal is an error
    with the id FB_TRANSFER_FAILED, and so is an offset that .NET before 4.0 cannot ask for (2 GiB and more).
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Uri,
        [long] $Offset = 0,
        [int] $TimeoutMs = 60000
    )
    try {
        $request = [System.Net.WebRequest]::Create($Uri)
        $request.Timeout = $TimeoutMs
        $request.ReadWriteTimeout = $TimeoutMs
        if ($Offset -gt 0) { $request.AddRange($Offset) }
        return $request.GetResponse()
    }
    catch {
        $message = '{0} cannot be read: {1}' -f $Uri, $_.Exception.GetBaseException().Message
        $PSCmdlet.ThrowTerminatingError((New-FbErrorRecord -Id 'FB_TRANSFER_FAILED' -Message $message -Target $Uri))
    }
}
