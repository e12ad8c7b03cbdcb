function ConvertTo-FbPackedCode {
    <#
    .SYNOPSIS
    A product or patch code as the Windows Installer writes it into names of keys.
    #>
    [CmdletBinding()]
    param([string] $Code)
    $digits = $Code.ToUpper() -replace '[{}-]', ''
    $packed = ''
    $at = 0
    foreach ($length in @(8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2)) {
        for ($n = $length - 1; $n -ge 0; $n--) { $packed += $digits[$at + $n] }
        $at += $length
    }
    $packed
}
