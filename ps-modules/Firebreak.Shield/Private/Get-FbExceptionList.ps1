function Get-FbExceptionList {
    <#
    .SYNOPSIS
    The settings of both profiles as texts of profile, item and value by tabulators: Readable, Local, Policy, Sha256 over Local.
    .DESCRIPTION
    Items: Firewall, NoExceptions, RemoteAdmin, ports (445:TCP), programs (Program:path) as Windows writes them; of a Group Policy
    also FileAndPrint, RemoteDesktop and PortMerge (Off = local exceptions of ports do not count).
    #>
    [CmdletBinding()]
    param()
    $result = @{ Readable = $true; Local = @(); Policy = @(); Sha256 = '' }
    foreach ($name in @('Domain', 'Standard')) {
        $key = Get-FbExceptionKey -ProfileName $name
        foreach ($item in @('Firewall', 'RemoteAdmin')) {
            $text = Get-FbException -ProfileName $name -Item $item
            if ($text) { $result.Local += "$name`t$item`t$text" }
        }
        $shut = Get-FbRegistryValue -Path $key -Name 'DoNotAllowExceptions'
        if ($shut.Present -and [string] $shut.Value -ne '0') { $result.Local += "$name`tNoExceptions`tOn" }
        $kinds = @{ 'GloballyOpenPorts\List' = ''; 'AuthorizedApplications\List' = 'Program:' }
        foreach ($list in @($kinds.Keys | Sort-Object)) {
            $names = Get-FbRegistryName -Path "$key\$list"
            if (-not $names.Readable) { $result.Readable = $false }
            foreach ($value in @($names.Values | Sort-Object)) {
                if (-not $value) { continue }
                $text = [string] (Get-FbRegistryValue -Path "$key\$list" -Name $value).Value
                $result.Local += "$name`t$($kinds[$list])$value`t$text"
            }
        }
        $policy = Get-FbExceptionKey -ProfileName $name -Policy
        if (-not (Get-FbRegistryName -Path $policy).KeyPresent) { continue }
        $switches = @(
            @('Firewall', '', 'EnableFirewall'), @('NoExceptions', '', 'DoNotAllowExceptions'), @('PortMerge', '\GloballyOpenPorts', 'AllowUserPrefMerge'),
            @('RemoteAdmin', '\RemoteAdminSettings', 'Enabled'), @('FileAndPrint', '\Services\FileAndPrint', 'Enabled'), @('RemoteDesktop', '\Services\RemoteDesktop', 'Enabled')
        )
        foreach ($switch in $switches) {
            $value = Get-FbRegistryValue -Path "$policy$($switch[1])" -Name $switch[2]
            if ($value.Present) { $result.Policy += "$name`t$($switch[0])`t$(if ([string] $value.Value -eq '0') { 'Off' } else { 'On' })" }
        }
        # Templates let people name these values as they like: the text counts.
        foreach ($value in @((Get-FbRegistryName -Path "$policy\GloballyOpenPorts\List").Values)) {
            if (-not $value) { continue }
            $text = [string] (Get-FbRegistryValue -Path "$policy\GloballyOpenPorts\List" -Name $value).Value
            $parts = @($text -split ':')
            if ($parts.Count -gt 3) { $result.Policy += "$name`t$($parts[0]):$($parts[1].ToUpper())`t$text" }
        }
    }
    if ($result.Readable) { $result.Sha256 = Get-FbTextSha256 -Text ($result.Local -join "`n") }
    New-Object -TypeName PSObject -Property $result
}
