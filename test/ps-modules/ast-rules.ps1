# What the modules for hosts may use: the language and commands of Windows PowerShell 2.0 with .NET 3.5, judged on the
# syntax tree of the real parser. Gives one line for each finding. Runs on the test machine, never on a host.
param([string] $Name, [string] $Text, [bool] $IsPublic, [string[]] $Known)

# Types whose static members compute only. Files and the web are reached in one place each of Firebreak.Core.
$pure = @('string', 'Convert', 'BitConverter', 'Math', 'Guid', 'TimeSpan', 'DateTime')
$machine = @{
    'Get-FbErrorCode'    = @('System.Runtime.InteropServices.Marshal')
    'Get-FbIdentity'     = @('System.Security.Principal.WindowsIdentity')
    'Get-FbOemEncoding'  = @('System.Text.Encoding')
    'Open-FbFile'        = @('System.IO.File')
    'Open-FbRemoteKey'   = @('Microsoft.Win32.RegistryKey')
    'Open-FbWebResponse' = @('System.Net.WebRequest')
}
# Cmdlets of PowerShell 2.0 that the modules may use, and those that stand in for them on 6 and later.
$cmdlets = @('ForEach-Object', 'Get-Command', 'Get-Date', 'New-Object', 'Sort-Object', 'Start-Sleep', 'Where-Object', 'Write-Progress')
# The machine that they touch is this one: only shims may, which know whether there is a target.
$touching = @{
    # Where they are; netsh and the registry do the same elsewhere.
    'Add-FbFirewallRule'      = @('New-NetFirewallRule')
    'Get-FbChildName'         = @('Get-ChildItem')
    'Get-FbDataFolder'        = @('Join-Path')
    'Get-FbDependentService'  = @('Get-Service')
    'Get-FbFileInfo'          = @('Get-Item', 'Test-Path')
    'Get-FbFirewallProfile'   = @('Get-NetConnectionProfile', 'Get-NetFirewallProfile')
    'Get-FbRegistryName'      = @('Get-Item')
    'Get-FbRegistryValue'     = @('Get-Item')
    # Of a file on a target too: by the path through its share.
    'Get-FbSignature'         = @('Get-AuthenticodeSignature')
    'Get-FbSystemFolder'      = @('Join-Path')
    'Get-FbWmi'               = @('Get-CimInstance', 'Get-WmiObject')
    # Runs as a task of the host itself.
    'Invoke-FbJob'            = @('Start-Process')
    'Invoke-FbProgram'        = @('Join-Path')
    'Move-FbFile'             = @('Move-Item')
    'New-FbFolder'            = @('New-Item')
    'Remove-FbFile'           = @('Remove-Item')
    'Remove-FbFirewallRule'   = @('Remove-NetFirewallRule')
    'Remove-FbRegistryKey'    = @('Remove-Item')
    'Remove-FbRegistryValue'  = @('Remove-ItemProperty')
    'Set-FbRegistryValue'     = @('New-Item', 'New-ItemProperty')
    'Set-FbService'           = @('Set-Service', 'Start-Service', 'Stop-Service')
    'Test-FbFile'             = @('Test-Path')
}
# Variables of the process that runs a function tell nothing of a target.
$environment = @(
    'Enter-FbTarget', 'Get-FbArchitecture', 'Get-FbDataFolder', 'Get-FbRegistryName', 'Get-FbRegistryValue', 'Get-FbShell', 'Get-FbSystemFolder',
    'Remove-FbRegistryKey', 'Remove-FbRegistryValue', 'Resolve-FbPath', 'Set-FbRegistryValue'
)
# To other computers, in one place each.
$remote = @{
    'Connect-FbTarget'   = @('New-PSDrive', 'Remove-PSDrive')
    'Exit-FbTarget'      = @('Remove-CimSession', 'Remove-PSDrive')
    'Get-FbLogEntry'     = @('Get-EventLog')
    'Get-FbWmiComputer'  = @('New-CimSession', 'New-CimSessionOption')
    'Invoke-FbWmiMethod' = @('Invoke-CimMethod', 'Invoke-WmiMethod')
}
# Of modules that are there only where the function has found them.
$cmdlets += @('Get-ADComputer', 'Get-Module', 'Import-Module')
$since3 = @('ordered', 'pscustomobject')
$changing = @(
    'Add', 'Clear', 'Complete', 'Confirm', 'New', 'Register', 'Remove', 'Restart', 'Restore', 'Set', 'Start', 'Stop', 'Unregister'
)
# They make an object or text in memory.
$harmless = @('New-FbErrorRecord')

$errors = $null
$tokens = $null
$ast = [System.Management.Automation.Language.Parser]::ParseInput($Text, [ref] $tokens, [ref] $errors)
# A list, which functions change without a scope in the way.
$findings = [System.Collections.ArrayList] @()
function Add-Finding([object] $Node, [string] $What) {
    $null = $findings.Add(('{0}:{1}: {2}' -f $Name, $Node.Extent.StartLineNumber, $What))
}
function Test-Constraint([object] $Node, [object] $Type) {
    if ($since3 -contains $Type.TypeName.Name) { Add-Finding $Node "[$($Type.TypeName.Name)] came with PowerShell 3" }
}
function Test-Static([object] $Node) {
    if (-not $Node.Static) { return }
    $type = $Node.Expression.Extent.Text.Trim('[', ']')
    if ($pure -notcontains $type -and @($machine[$Name]) -notcontains $type) { Add-Finding $Node "[$type]:: reaches past the shims of Firebreak.Core" }
}
foreach ($problem in $errors) { $null = $findings.Add(('{0}:{1}: {2}' -f $Name, $problem.Extent.StartLineNumber, $problem.Message)) }

$functions = @($ast.FindAll({ param($node) $node -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $true))
if ($functions.Count -ne 1 -or $functions[0].Name -cne $Name) { $null = $findings.Add("${Name}: holds exactly one function of its own name") }
foreach ($function in $functions) {
    $block = $function.Body.ParamBlock
    $binding = @($block.Attributes | Where-Object { $_.TypeName.Name -eq 'CmdletBinding' })
    if ($binding.Count -ne 1) { Add-Finding $function 'has no CmdletBinding' }
    if (-not $function.GetHelpContent().Synopsis) { Add-Finding $function 'has no synopsis' }
    $verb = $function.Name.Substring(0, $function.Name.IndexOf('-'))
    $declares = @($binding.NamedArguments | Where-Object { $_.ArgumentName -eq 'SupportsShouldProcess' }).Count -gt 0
    $asks = $function.Body.Extent.Text -match '\$PSCmdlet\.ShouldProcess\('
    if ($changing -contains $verb -and $harmless -notcontains $function.Name -and -not ($declares -and $asks)) {
        Add-Finding $function 'changes something without ShouldProcess'
    }
    if (@('Get', 'Test', 'Select', 'ConvertTo', 'ConvertFrom') -contains $verb -and $declares) { Add-Finding $function 'reads, so it needs no ShouldProcess' }
    if ($function.Name -notmatch '^[A-Z][A-Za-z]+-Fb[A-Z][A-Za-z0-9]+$') { Add-Finding $function 'is not named Verb-FbNoun' }
}

foreach ($node in $ast.FindAll({ $true }, $true)) {
    switch ($node.GetType().Name) {
        'CommandAst' {
            $command = $node.GetCommandName()
            if ($null -eq $command) {
                if ($Name -ne 'Invoke-FbProgram') { Add-Finding $node "runs $($node.CommandElements[0].Extent.Text), which only Invoke-FbProgram may" }
            }
            elseif ($cmdlets -notcontains $command -and @($remote[$Name]) -notcontains $command -and @($touching[$Name]) -notcontains $command -and $Known -notcontains $command) { Add-Finding $node "uses $command, which is not among the commands of PowerShell 2.0 that this function may use" }
            foreach ($element in $node.CommandElements) {
                if ($element -is [System.Management.Automation.Language.CommandParameterAst] -and $element.ParameterName -match '^ErrorAction$' ) {
                    $at = $node.CommandElements.IndexOf($element)
                    if ($at + 1 -lt $node.CommandElements.Count -and $node.CommandElements[$at + 1].Extent.Text -eq 'Ignore') { Add-Finding $node '-ErrorAction Ignore came with PowerShell 3' }
                }
            }
            if (@('Where-Object', 'ForEach-Object') -contains $command) {
                foreach ($element in $node.CommandElements) {
                    if ($element -is [System.Management.Automation.Language.CommandParameterAst] -or ($element -is [System.Management.Automation.Language.StringConstantExpressionAst] -and $element.Value -ne $command)) {
                        Add-Finding $node "$command takes only a script block in PowerShell 2"
                    }
                }
            }
        }
        'InvokeMemberExpressionAst' {
            Test-Static $node
            if ($node.Member.Extent.Text -eq 'new' -and $node.Static) { Add-Finding $node '::new() came with PowerShell 5' }
            if ($node.Member.Extent.Text -eq 'ToString' -and "$($node.Arguments)" -cmatch 'y') { Add-Finding $node 'writes a year of the calendar of the host''s culture, which in Thailand is 2569: ConvertTo-FbTime does not' }
            if (-not $node.Static -and @('Where', 'ForEach') -contains $node.Member.Extent.Text) { Add-Finding $node ".$($node.Member.Extent.Text)() came with PowerShell 4" }
        }
        'BinaryExpressionAst' {
            if (@('In', 'Notin', 'Iin', 'Cin', 'Inotin', 'Cnotin', 'Shl', 'Shr') -contains [string] $node.Operator) { Add-Finding $node "operator $($node.Operator) came with PowerShell 3" }
        }
        'UsingStatementAst' { Add-Finding $node 'using came with PowerShell 5' }
        'TypeDefinitionAst' { Add-Finding $node 'classes and enums came with PowerShell 5' }
        'TernaryExpressionAst' { Add-Finding $node 'the ternary operator came with PowerShell 7' }
        'PipelineChainAst' { Add-Finding $node '&& and || came with PowerShell 7' }
        'FileRedirectionAst' { Add-Finding $node 'writes a file past the shims' }
        'MergingRedirectionAst' {
            if ([string] $node.FromStream -ne 'Error') { Add-Finding $node 'only the error stream can be redirected in PowerShell 2' }
        }
        'VariableExpressionAst' {
            if ($node.VariablePath.UserPath -eq 'PSScriptRoot') { Add-Finding $node '$PSScriptRoot came with PowerShell 3' }
            if ($node.VariablePath.UserPath -like 'env:*' -and $environment -notcontains $Name) { Add-Finding $node "reads $($node.Extent.Text), which is not of the target" }
        }
        'ConvertExpressionAst' { Test-Constraint $node $node.Type }
        'TypeConstraintAst' { Test-Constraint $node $node }
        'MemberExpressionAst' { Test-Static $node }
    }
}
$findings
