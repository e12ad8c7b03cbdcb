function Select-FbFirewallRule {
    <#
    .SYNOPSIS
    The rules of a shield among those of the store: Name, Text, Changed (somebody has altered it since it was made).
    .DESCRIPTION
    By unique name or display name, because netsh gives every rule a GUID for a name.
    #>
    [CmdletBinding()]
    param([string] $Id, [hashtable] $Rules, [hashtable] $Record)
    foreach ($name in @($Rules.Keys)) {
        $text = [string] $Rules[$name]
        if ($name -notlike "Firebreak-$Id-*" -and -not $text.Contains("|Name=Firebreak-$Id|")) { continue }
        $made = [string] $Record["Rule.$name"]
        New-Object -TypeName PSObject -Property @{ Name = [string] $name; Text = $text; Changed = ($made -and $made -cne $text) }
    }
}
