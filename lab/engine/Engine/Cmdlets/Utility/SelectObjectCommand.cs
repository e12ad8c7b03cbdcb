using Firebreak.Lab.Engine.Cmdlets;
using System.Collections;
using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Select-Object.</summary>
[Cmdlet(VerbsCommon.Select, "Object", DefaultParameterSetName = "DefaultParameter")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly Queue<PSObject> _last = new();
    private readonly List<PSObject> _seen = [];
    private PropertySelector[] _properties = [];
    private WildcardPattern[] _excluded = [];
    private HashSet<int> _indexes = [];
    private int _index;
    private int _written;
    private int _skipped;

    /// <summary>The input.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Properties to keep or to compute.</summary>
    [Parameter(Position = 0, ParameterSetName = "DefaultParameter")]
    [Parameter(Position = 0, ParameterSetName = "SkipLastParameter")]
    public object[]? Property { get; set; }

    /// <summary>Properties to leave out.</summary>
    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "SkipLastParameter")]
    public string[]? ExcludeProperty { get; set; }

    /// <summary>The property whose value is the output.</summary>
    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "SkipLastParameter")]
    public string? ExpandProperty { get; set; }

    /// <summary>Each only once.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <summary>How many at the end.</summary>
    [Parameter(ParameterSetName = "DefaultParameter"), ValidateRange(0, int.MaxValue)]
    public int Last { get; set; }

    /// <summary>How many at the start.</summary>
    [Parameter(ParameterSetName = "DefaultParameter"), ValidateRange(0, int.MaxValue)]
    public int First { get; set; }

    /// <summary>How many to leave out.</summary>
    [Parameter(ParameterSetName = "DefaultParameter"), ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    /// <summary>How many to leave out at the end.</summary>
    [Parameter(ParameterSetName = "SkipLastParameter"), ValidateRange(0, int.MaxValue)]
    public int SkipLast { get; set; }

    /// <summary>Read all input even when enough was found.</summary>
    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "IndexParameter")]
    public SwitchParameter Wait { get; set; }

    /// <summary>Which by number.</summary>
    [Parameter(ParameterSetName = "IndexParameter"), ValidateRange(0, int.MaxValue)]
    public int[]? Index { get; set; }

    private bool Bound(string name) => MyInvocation.BoundParameters.ContainsKey(name);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _properties = PropertySelector.FromAll(Property);
        _excluded = [.. (ExcludeProperty ?? []).Select(p => WildcardPattern.Get(p, WildcardOptions.IgnoreCase))];
        _indexes = [.. Index ?? []];
        if (Bound(nameof(First)) && First == 0 && !Bound(nameof(Last)) && !Wait)
        {
            throw new StopUpstreamCommandsException(this);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }
        int index = _index++;
        if (Index is not null)
        {
            if (_indexes.Contains(index))
            {
                Emit(InputObject);
            }
            return;
        }
        bool last = Bound(nameof(Last));
        bool first = Bound(nameof(First));
        if (SkipLast > 0)
        {
            _last.Enqueue(InputObject);
            if (_last.Count > SkipLast)
            {
                Emit(_last.Dequeue());
            }
            return;
        }
        if (Skip > 0 && !(last && !first))
        {
            if (_skipped < Skip)
            {
                _skipped++;
                return;
            }
        }
        if (first && _written < First)
        {
            _written++;
            Emit(InputObject);
            if (_written == First && !last && !Wait)
            {
                throw new StopUpstreamCommandsException(this);
            }
            return;
        }
        if (last)
        {
            _last.Enqueue(InputObject);
            if (_last.Count > Last + (first ? 0 : Skip))
            {
                _last.Dequeue();
            }
            return;
        }
        if (!first)
        {
            Emit(InputObject);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (SkipLast == 0 && Bound(nameof(Last)))
        {
            int count = Bound(nameof(First)) ? _last.Count : _last.Count - Skip;
            foreach (PSObject item in _last.Take(Math.Max(0, Math.Min(count, Last))))
            {
                Emit(item);
            }
        }
    }

    private void Emit(PSObject item)
    {
        if (ExpandProperty is { } name)
        {
            Expand(item, name);
            return;
        }
        if (_properties.Length == 0 && _excluded.Length == 0)
        {
            Write(item);
            return;
        }
        Write(Project(item));
    }

    private PSObject Project(PSObject item)
    {
        var result = new PSObject();
        // The lab's own types stand for those whose names come first.
        Type type = item.BaseObject.GetType();
        result.TypeNames.Insert(0, "Selected." + (type.Assembly == typeof(SelectObjectCommand).Assembly ? item.TypeNames[0] : type));
        IEnumerable<PropertySelector> properties = _properties.Length == 0 ? [PropertySelector.From("*")] : _properties;
        foreach (PropertySelector property in properties)
        {
            if (property.IsWildcard)
            {
                foreach (PSPropertyInfo found in property.Matches(item))
                {
                    Add(result, found.Name, () => found.Value);
                }
            }
            else
            {
                Add(result, property.Name, () => property.Value(item));
            }
        }
        return result;
    }

    private void Add(PSObject result, string name, Func<object?> value)
    {
        if (_excluded.Any(p => p.IsMatch(name)))
        {
            return;
        }
        if (result.Properties[name] is not null)
        {
            WriteError(new ErrorRecord(
                new InvalidOperationException($"The property cannot be processed because the property \"{name}\" already exists."),
                "AlreadyExistingUserSpecifiedPropertyNoExpand", ErrorCategory.InvalidOperation, result));
            return;
        }
        object? read;
        try
        {
            read = value();
        }
        catch (GetValueException)
        {
            read = null;
        }
        result.Properties.Add(new PSNoteProperty(name, read));
    }

    private void Expand(PSObject item, string name)
    {
        PSPropertyInfo[] found = [.. item.Properties.Match(name)];
        object? value;
        if (item.BaseObject is IDictionary table && table.Contains(name))
        {
            value = table[name];
        }
        else if (found.Length == 1)
        {
            value = found[0].Value;
        }
        else
        {
            string id = found.Length == 0 ? "ExpandPropertyNotFound" : "MutlipleExpandProperties";
            string text = found.Length == 0 ? $"Property \"{name}\" cannot be found." : "Multiple properties cannot be expanded.";
            WriteError(new ErrorRecord(new PSArgumentException(text), id, ErrorCategory.InvalidArgument, item));
            return;
        }
        IEnumerable? list = LanguagePrimitives.GetEnumerable(value);
        foreach (object? element in list ?? new[] { value })
        {
            if (_properties.Length == 0)
            {
                Write(element is null ? null : PSObject.AsPSObject(element));
                continue;
            }
            PSObject extended = element is null ? new PSObject() : PSObject.AsPSObject(element).Copy();
            foreach (PSPropertyInfo property in Project(item).Properties)
            {
                if (extended.Properties[property.Name] is null)
                {
                    extended.Properties.Add(new PSNoteProperty(property.Name, property.Value));
                }
            }
            Write(extended);
        }
    }

    private void Write(PSObject? item)
    {
        if (Unique)
        {
            if (item is null || _seen.Any(s => ObjectComparison.Same(s, item)))
            {
                return;
            }
            _seen.Add(item);
        }
        WriteObject(item);
    }
}
