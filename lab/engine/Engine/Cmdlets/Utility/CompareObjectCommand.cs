using Firebreak.Lab.Engine.Cmdlets;
using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Compare-Object.</summary>
[Cmdlet(VerbsData.Compare, "Object")]
public sealed class CompareObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _differences = [];

    /// <summary>The expected objects.</summary>
    [Parameter(Position = 0, Mandatory = true), AllowEmptyCollection]
    public PSObject?[] ReferenceObject { get; set; } = [];

    /// <summary>The objects to compare with them.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipeline = true), AllowEmptyCollection]
    public PSObject?[] DifferenceObject { get; set; } = [];

    /// <summary>Not used: the lab compares all with all.</summary>
    [Parameter]
    public int SyncWindow { get; set; } = int.MaxValue;

    /// <summary>Properties to compare.</summary>
    [Parameter]
    public object[]? Property { get; set; }

    /// <summary>Leave out what is on one side only.</summary>
    [Parameter]
    public SwitchParameter ExcludeDifferent { get; set; }

    /// <summary>Show what is on both sides.</summary>
    [Parameter]
    public SwitchParameter IncludeEqual { get; set; }

    /// <summary>Output the objects, not the findings.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Ignored, as in Sort-Object.</summary>
    [Parameter]
    public string? Culture { get; set; }

    /// <summary>Capitals matter.</summary>
    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _differences.AddRange(DifferenceObject.Where(o => o is not null).Select(o => o!));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        PropertySelector[] properties = PropertySelector.FromAll(Property);
        List<PSObject> references = [.. ReferenceObject.Where(o => o is not null).Select(o => o!)];
        var onlyNew = new List<PSObject>();
        foreach (PSObject item in _differences)
        {
            int at = references.FindIndex(r => Same(r, item, properties));
            if (at < 0)
            {
                onlyNew.Add(item);
                continue;
            }
            if (IncludeEqual || ExcludeDifferent)
            {
                Report(references[at], "==", properties);
            }
            references.RemoveAt(at);
        }
        if (ExcludeDifferent)
        {
            return;
        }
        foreach (PSObject item in onlyNew)
        {
            Report(item, "=>", properties);
        }
        foreach (PSObject item in references)
        {
            Report(item, "<=", properties);
        }
    }

    private bool Same(PSObject left, PSObject right, PropertySelector[] properties) => properties.Length == 0
        ? ObjectComparison.Compare(left, right, CaseSensitive) == 0
        : properties.All(p => ObjectComparison.Compare(p.Value(left), p.Value(right), CaseSensitive) == 0);

    private void Report(PSObject item, string side, PropertySelector[] properties)
    {
        PSObject result = PassThru ? item.Copy() : new PSObject();
        if (!PassThru)
        {
            if (properties.Length == 0)
            {
                result.Properties.Add(new PSNoteProperty("InputObject", item));
            }
            foreach (PropertySelector property in properties)
            {
                result.Properties.Add(new PSNoteProperty(property.Name, property.Value(item)));
            }
        }
        result.Properties.Add(new PSNoteProperty("SideIndicator", side));
        WriteObject(result);
    }
}
