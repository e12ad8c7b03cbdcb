using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-ChildItem.</summary>
[Cmdlet(VerbsCommon.Get, "ChildItem", DefaultParameterSetName = "Items")]
public sealed class GetChildItemCommand : ProviderCmdlet, IDynamicParameters
{
    /// <summary>Paths with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Items", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    /// <summary>Paths as they stand.</summary>
    [Parameter(ParameterSetName = "LiteralItems", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    /// <inheritdoc/>
    [Parameter(Position = 1)]
    public override string? Filter { get; set; }

    /// <summary>All below.</summary>
    [Parameter, Alias("s")]
    public SwitchParameter Recurse { get; set; }

    /// <summary>How far below.</summary>
    [Parameter]
    public uint? Depth { get; set; }

    /// <summary>Hidden ones too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Names only.</summary>
    [Parameter]
    public SwitchParameter Name { get; set; }

    /// <inheritdoc/>
    protected override bool Forced => Force;

    /// <inheritdoc/>
    public object? GetDynamicParameters()
    {
        string path = (Path ?? LiteralPath)?.FirstOrDefault() ?? ".";
        return Ask(() => InvokeProvider.ChildItem.GetChildItemsDynamicParameters(path, Recurse, NewContext()));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEach(Path ?? LiteralPath ?? ["."], path =>
    {
        bool recurse = Recurse || Depth is not null;
        if (Name)
        {
            InvokeProvider.ChildItem.GetNames(path, ReturnContainers.ReturnMatchingContainers, recurse, Depth ?? uint.MaxValue, NewContext());
        }
        else
        {
            InvokeProvider.ChildItem.Get(path, recurse, Depth ?? uint.MaxValue, NewContext());
        }
    });
}
