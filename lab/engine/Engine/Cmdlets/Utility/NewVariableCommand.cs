using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>New-Variable.</summary>
[Cmdlet(VerbsCommon.New, "Variable", SupportsShouldProcess = true)]
public sealed class NewVariableCommand : PSCmdlet
{
    /// <summary>Name.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string Name { get; set; } = "";

    /// <summary>Value.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public object? Value { get; set; }

    /// <summary>What it is for.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>Options.</summary>
    [Parameter]
    public ScopedItemOptions Option { get; set; }

    /// <summary>Which scope.</summary>
    [Parameter]
    public string? Scope { get; set; }

    /// <summary>Over a read-only one.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Output the variable.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        PSVariable? present = Scope is null ? Context.EngineSessionState.GetVariableAtScope(Name, "local") : Context.EngineSessionState.GetVariableAtScope(Name, Scope);
        if (present is not null && !Force)
        {
            var exists = new SessionStateException(Name, SessionStateCategory.Variable, "VariableAlreadyExists", SessionStateStrings.VariableAlreadyExists, ErrorCategory.ResourceExists);
            WriteError(new ErrorRecord(exists.ErrorRecord, exists));
            return;
        }
        Put(Name);
    }

    private void Put(string name)
    {
        if (!ShouldProcess($"Name: {name} Value: {Value}", "New variable"))
        {
            return;
        }
        var variable = new PSVariable(name, Value, Option) { Description = Description ?? "" };
        try
        {
            object? made = Scope is null ? Context.EngineSessionState.SetVariable(variable, Force, CommandOrigin) : Context.EngineSessionState.SetVariableAtScope(variable, Scope, Force, CommandOrigin);
            if (PassThru)
            {
                WriteObject(made);
            }
        }
        catch (SessionStateException error)
        {
            WriteError(new ErrorRecord(error.ErrorRecord, error));
        }
    }
}
