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
$cmdlets = @(
    'ForEach-Object', 'Get-ChildItem', 'Get-CimInstance', 'Get-Command', 'Get-Date', 'Get-Item', 'Get-WmiObject', 'Join-Path',
    'Move-Item', 'New-Item', 'New-ItemProperty', 'New-Object', 'Remove-Item', 'Remove-ItemProperty', 'Set-Service',
    'Sort-Object', 'Split-Path', 'Start-Process', 'Start-Service', 'Start-Sleep', 'Stop-Service', 'Test-Path', 'Where-Object', 'Write-Progress'
)
# To other computers, in one place each.
$remote = @{
    'Connect-FbTarget'   = @('New-PSDrive', 'Remove-PSDrive')
    'Exit-FbTarget'      = @('Remove-CimSession', 'Remove-PSDrive')
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
            elseif ($cmdlets -notcontains $command -and @($remote[$Name]) -notcontains $command -and $Known -notcontains $command) { Add-Finding $node "uses $command, which is not among the commands of PowerShell 2.0 that modules may use" }
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
            if ($node.Member.Extent.Text -eq 'new' -and $node.Static) { Add-Finding $node '::new() came with PowerShell 5' }
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
        }
        'TypeConstraintAst' { }
    }
    if ($node -is [System.Management.Automation.Language.ConvertExpressionAst] -or $node -is [System.Management.Automation.Language.TypeConstraintAst]) {
        $type = $node.Type
        if ($node -is [System.Management.Automation.Language.TypeConstraintAst]) { $type = $node }
        if ($since3 -contains $type.TypeName.Name) { Add-Finding $node "[$($type.TypeName.Name)] came with PowerShell 3" }
    }
    if ($node -is [System.Management.Automation.Language.MemberExpressionAst] -and $node.Static) {
        $type = $node.Expression.Extent.Text.Trim('[', ']')
        if ($pure -notcontains $type -and @($machine[$Name]) -notcontains $type) { Add-Finding $node "[$type]:: reaches past the shims of Firebreak.Core" }
    }
}
$findings
