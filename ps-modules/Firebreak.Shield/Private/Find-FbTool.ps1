function Find-FbTool {
    <#
    .SYNOPSIS
    Path of a program that an administrator may have installed: our tools folder, the system's search path, the folders of
    the Resource Kit and the Support Tools. Empty when it is in none.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $FileName)
    $system = Get-FbSystemFolder
    $folders = @("$(Get-FbDataFolder)\tools", $system)
    $search = [string] (Get-FbRegistryValue -Path 'HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment' -Name 'Path').Value
    $root = $system.Substring(0, $system.LastIndexOf('\'))
    foreach ($folder in ($search -split ';')) {
        $full = $folder.Trim().Trim('"') -replace '%SystemRoot%', $root.Replace('$', '$$') -replace '%windir%', $root.Replace('$', '$$')
        # What else a variable may stand for only the host knows; a share is no place for a program that SYSTEM runs.
        if ($full -match '^[A-Za-z]:\\[^%]*$') { $folders += $full.TrimEnd('\') }
    }
    $programs = [string] (Get-FbRegistryValue -Path 'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion' -Name 'ProgramFilesDir').Value
    if ($programs) { $folders += @("$programs\Resource Kit", "$programs\Resource Pro Kit", "$programs\Support Tools") }
    foreach ($folder in $folders) {
        $path = "$folder\$FileName"
        if (Test-FbFile -Path $path -PathType Leaf) { return $path }
    }
    ''
}
