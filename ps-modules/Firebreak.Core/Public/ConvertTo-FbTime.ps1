function ConvertTo-FbTime {
    <#
    .SYNOPSIS
    A DateTime or a WMI time (yyyyMMddHHmmss.ffffff+UUU) as ISO 8601 text in UTC; $null for anything else.
    #>
    [CmdletBinding()]
    param([AllowNull()] [object] $Value)
    $time = $null
    if ($Value -is [DateTime]) { $time = $Value.ToUniversalTime() }
    elseif ($Value -is [string] -and $Value -match '^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.\d{6}([+-]\d{3})$') {
        $part = $Matches
        $local = New-Object -TypeName DateTime -ArgumentList ([int] $part[1]), ([int] $part[2]), ([int] $part[3]), ([int] $part[4]), ([int] $part[5]), ([int] $part[6])
        $time = $local.AddMinutes(-[int] $part[7])
    }
    if ($null -eq $time) { return $null }
    # The sortable form is the same in every culture.
    $time.ToString('s') + 'Z'
}
