function New-FbUpdateRequest {
    <#
    .SYNOPSIS
    The script with which a task of the host installs updates: Path, Sha256, ResultPath, Relayed. Without Save nothing is written.
    .PARAMETER Name
    Of the request; the same request has the same script and so the same receipt.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[0-9a-f]{16}$')] [string] $Name,
        [AllowEmptyCollection()] [ValidatePattern('^\d{6,8}$')] [string[]] $Kb = @(),
        [AllowEmptyCollection()] [ValidatePattern('^[0-9a-f-]{36}$')] [string[]] $Category = @(),
        [ValidateRange(0, 2)] [int] $Server = 0,
        [switch] $Save
    )
    $folder = '{0}\updates' -f (Get-FbDataFolder)
    $path = '{0}\{1}.ps1' -f $folder, $Name
    $result = '{0}\{1}.txt' -f $folder, $Name
    $text = ''
    foreach ($each in @('Resolve-FbPath', 'Test-FbFile', 'Open-FbFile', 'Set-FbText', 'Invoke-FbUpdate')) {
        $definition = (Get-Command -Name $each -CommandType Function -ErrorAction Stop).Definition
        $text += "function $each {`r`n$definition`r`n}`r`n"
    }
    $quoted = @{}
    foreach ($list in @(@('Kb', $Kb), @('Category', $Category))) {
        $items = @()
        foreach ($item in $list[1]) { if ($item) { $items += "'$item'" } }
        $quoted[$list[0]] = '@({0})' -f ($items -join ', ')
    }
    $text += "exit (Invoke-FbUpdate -Kb {0} -Category {1} -Server {2} -ResultPath '{3}')`r`n" -f $quoted.Kb, $quoted.Category, $Server, $result
    $bytes = (New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false).GetBytes($text)
    try { $algorithm = New-Object -TypeName System.Security.Cryptography.SHA256Managed }
    catch { $algorithm = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider }
    $sha256 = ''
    foreach ($byte in $algorithm.ComputeHash($bytes)) { $sha256 += $byte.ToString('x2') }
    if ($Save -and $PSCmdlet.ShouldProcess($path, 'write')) {
        New-FbFolder -Path $folder
        Set-FbText -Path $path -Text $text
    }
    New-Object -TypeName PSObject -Property @{ Path = $path; Sha256 = $sha256; ResultPath = $result; Relayed = ($null -ne (Get-FbTarget)) }
}
