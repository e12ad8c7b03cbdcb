using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Variable.</summary>
[Cmdlet(VerbsCommon.Get, "Variable")]
public sealed class GetVariableCommand : PSCmdlet
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only the value.</summary>
    [Parameter]
    public SwitchParameter ValueOnly { get; set; }

    /// <summary>Names to take only.</summary>
    [Parameter]
    public string[]? Include { get; set; }

    /// <summary>Names to leave out.</summary>
    [Parameter]
    public string[]? Exclude { get; set; }

    /// <summary>Which scope.</summary>
    [Parameter]
    public string? Scope { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        IDictionary<string, PSVariable> table = Scope is null ? Context.EngineSessionState.GetVariableTable() : Context.EngineSessionState.GetVariableTableAtScope(Scope);
        foreach (string name in Name)
        {
            PSVariable[] found = [.. table.Values.Where(v => Matches(name, v.Name)).OrderBy(v => v.Name, StringComparer.OrdinalIgnoreCase)];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteError(new ErrorRecord(new ItemNotFoundException($"Cannot find a variable with the name '{name}'."), "VariableNotFound", ErrorCategory.ObjectNotFound, name));
            }
            foreach (PSVariable variable in found)
            {
                if ((Include is null || Include.Any(p => Matches(p, variable.Name))) && (Exclude is null || !Exclude.Any(p => Matches(p, variable.Name))))
                {
                    WriteObject(ValueOnly ? variable.Value : variable);
                }
            }
        }
    }

    private static bool Matches(string pattern, string name) => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(name);
}
