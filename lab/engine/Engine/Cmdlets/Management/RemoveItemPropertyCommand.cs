using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Remove-ItemProperty.</summary>
[Cmdlet(VerbsCommon.Remove, "ItemProperty", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class RemoveItemPropertyCommand : ProviderCmdlet
{
    /// <summary>Paths with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path", Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    /// <summary>Paths as they stand.</summary>
    [Parameter(ParameterSetName = "LiteralPath", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    /// <summary>Which properties.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSProperty")]
    public string[] Name { get; set; } = [];

    /// <summary>Even where something is in the way.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override bool Forced => Force;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEach(Path ?? LiteralPath, path =>
    {
        foreach (string name in Name)
        {
            InvokeProvider.Property.Remove(path, name, NewContext());
        }
    });
}
