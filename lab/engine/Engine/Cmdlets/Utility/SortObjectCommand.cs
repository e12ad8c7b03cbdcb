using Firebreak.Lab.Engine.Cmdlets;
using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Sort-Object.</summary>
[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    /// <summary>The input.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>What to sort by.</summary>
    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    /// <summary>Biggest first.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <summary>Each only once.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <summary>Capitals matter.</summary>
    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    /// <summary>Ignored: the lab's machines sort by the session's culture.</summary>
    [Parameter]
    public string? Culture { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _items.Add(InputObject);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        PropertySelector[] properties = PropertySelector.FromAll(Property);
        var rows = _items.Select(item => (Item: item, Keys: Keys(item, properties))).ToList();
        // Stable, as the real cmdlet is in practice for equal keys.
        rows = [.. rows.Order(Comparer<(PSObject Item, object?[] Keys)>.Create((a, b) => Compare(a.Keys, b.Keys, properties)))];
        (PSObject Item, object?[] Keys)? previous = null;
        foreach ((PSObject Item, object?[] Keys) row in rows)
        {
            if (!Unique || previous is not { } before || Compare(before.Keys, row.Keys, properties) != 0)
            {
                WriteObject(row.Item);
            }
            previous = row;
        }
    }

    private static object?[] Keys(PSObject item, PropertySelector[] properties) =>
        properties.Length == 0 ? [item] : [.. properties.Select(p => p.Value(item))];

    private int Compare(object?[] left, object?[] right, PropertySelector[] properties)
    {
        for (int i = 0; i < left.Length; i++)
        {
            int order = ObjectComparison.Compare(left[i], right[i], CaseSensitive);
            if (order != 0)
            {
                bool descending = (i < properties.Length ? properties[i].Descending : null) ?? Descending;
                return descending ? -order : order;
            }
        }
        return 0;
    }
}
