using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Set-ItemProperty.</summary>
[Cmdlet(VerbsCommon.Set, "ItemProperty", DefaultParameterSetName = "propertyValuePathSet", SupportsShouldProcess = true)]
public sealed class SetItemPropertyCommand : ProviderCmdlet, IDynamicParameters
{
    /// <summary>Paths with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "propertyValuePathSet", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 0, ParameterSetName = "propertyPSObjectPathSet", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    /// <summary>Paths as they stand.</summary>
    [Parameter(ParameterSetName = "propertyValueLiteralPathSet", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = "propertyPSObjectLiteralPathSet", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    /// <summary>Which property.</summary>
    [Parameter(Position = 1, ParameterSetName = "propertyValuePathSet", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 1, ParameterSetName = "propertyValueLiteralPathSet", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSProperty")]
    public string Name { get; set; } = "";

    /// <summary>Its value.</summary>
    [Parameter(Position = 2, ParameterSetName = "propertyValuePathSet", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 2, ParameterSetName = "propertyValueLiteralPathSet", Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    public object? Value { get; set; }

    /// <summary>An object whose properties are the new values.</summary>
    [Parameter(ParameterSetName = "propertyPSObjectPathSet", Mandatory = true, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = "propertyPSObjectLiteralPathSet", Mandatory = true, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Even where something is in the way.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Output what was changed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override bool Forced => Force;

    /// <inheritdoc/>
    protected override bool IsLiteral => LiteralPath is not null;

    /// <inheritdoc/>
    public object? GetDynamicParameters()
    {
        string? path = (Path ?? LiteralPath)?.FirstOrDefault();
        return path is null ? null : Ask(() => InvokeProvider.Property.SetPropertyDynamicParameters(path, NewValue(), NewContext()));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        PSObject value = NewValue();
        ForEach(Path ?? LiteralPath, path => InvokeProvider.Property.Set(path, value, NewContext(PassThru)));
    }

    private PSObject NewValue()
    {
        if (InputObject is not null)
        {
            return InputObject;
        }
        var value = new PSObject();
        if (!string.IsNullOrEmpty(Name))
        {
            value.Properties.Add(new PSNoteProperty(Name, Value));
        }
        return value;
    }
}
