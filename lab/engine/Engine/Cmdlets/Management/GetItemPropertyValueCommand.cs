using System.Management.Automation;
using System.Collections.ObjectModel;
using Firebreak.Lab.Engine.Cmdlets;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-ItemPropertyValue.</summary>
[Cmdlet(VerbsCommon.Get, "ItemPropertyValue", DefaultParameterSetName = "Path"), Since(5, 0)]
public sealed class GetItemPropertyValueCommand : ProviderCmdlet
{
    /// <summary>Paths with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    /// <summary>Paths as they stand.</summary>
    [Parameter(ParameterSetName = "LiteralPath", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    /// <summary>Which properties.</summary>
    [Parameter(Position = 1, Mandatory = true), Alias("PSProperty")]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEach(Path ?? LiteralPath ?? ["."], path =>
    {
        foreach (PSObject item in InvokeProvider.Property.Get([path], new Collection<string>(Name), IsLiteral))
        {
            foreach (string name in Name)
            {
                if (item.Properties[name] is { } property)
                {
                    WriteObject(property.Value);
                }
            }
        }
    });
}
