function Get-FbErrorCode {
    <#
    .SYNOPSIS
    The Win32 code inside an error record, whatever its text and language; 0 when there is none.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [object] $ErrorRecord)
    $exception = $ErrorRecord.Exception
    $code = 0
    while ($null -ne $exception) {
        $type = $exception.GetType().FullName
        if ($type -eq 'System.ComponentModel.Win32Exception') { return [int] $exception.NativeErrorCode }
        if ($type -eq 'System.UnauthorizedAccessException' -or $type -eq 'System.Security.SecurityException') { return 5 }
        $result = [System.Runtime.InteropServices.Marshal]::GetHRForException($exception)
        # 0x8007xxxx carries a Win32 code.
        if (($result -band 0x7fff0000) -eq 0x00070000) { $code = $result -band 0xffff }
        $exception = $exception.InnerException
    }
    $code
}
