using Firebreak.Lab.Engine.Cmdlets;
using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Group-Object.</summary>
[Cmdlet(VerbsData.Group, "Object", DefaultParameterSetName = "HashTable")]
public sealed class GroupObjectCommand : PSCmdlet
{
    private readonly List<(object?[] Keys, Collection<PSObject> Items)> _groups = [];
    private PropertySelector[] _properties = [];

    /// <summary>The input.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>What to group by.</summary>
    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    /// <summary>Without the members.</summary>
    [Parameter]
    public SwitchParameter NoElement { get; set; }

    /// <summary>As a hashtable.</summary>
    [Parameter(ParameterSetName = "HashTable"), Alias("AHT")]
    public SwitchParameter AsHashTable { get; set; }

    /// <summary>Keys as text.</summary>
    [Parameter(ParameterSetName = "HashTable")]
    public SwitchParameter AsString { get; set; }

    /// <summary>Capitals matter.</summary>
    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _properties = PropertySelector.FromAll(Property);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }
        object?[] keys = _properties.Length == 0 ? [InputObject] : [.. _properties.Select(p => p.Value(InputObject))];
        foreach ((object?[] known, Collection<PSObject> items) in _groups)
        {
            if (known.Zip(keys).All(pair => ObjectComparison.Compare(pair.First, pair.Second, CaseSensitive) == 0))
            {
                items.Add(InputObject);
                return;
            }
        }
        _groups.Add((keys, [InputObject]));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (AsHashTable)
        {
            var table = new Hashtable(CaseSensitive ? StringComparer.CurrentCulture : StringComparer.CurrentCultureIgnoreCase);
            foreach ((object?[] keys, Collection<PSObject> items) in _groups)
            {
                object key = AsString || keys.Length > 1 ? Name(keys) : PSObject.Base(keys[0]) ?? "";
                table[key] = items;
            }
            WriteObject(table);
            return;
        }
        foreach ((object?[] keys, Collection<PSObject> items) in _groups)
        {
            var group = new PSObject();
            group.TypeNames.Insert(0, NoElement ? "Microsoft.PowerShell.Commands.GroupInfoNoElement" : "Microsoft.PowerShell.Commands.GroupInfo");
            group.Properties.Add(new PSNoteProperty("Values", new ArrayList(keys)));
            group.Properties.Add(new PSNoteProperty("Count", items.Count));
            if (!NoElement)
            {
                group.Properties.Add(new PSNoteProperty("Group", items));
            }
            group.Properties.Add(new PSNoteProperty("Name", Name(keys)));
            WriteObject(group);
        }
    }

    private static string Name(object?[] keys) => string.Join(", ", keys.Select(k => k is null ? "" : LanguagePrimitives.ConvertTo<string>(k)));
}
