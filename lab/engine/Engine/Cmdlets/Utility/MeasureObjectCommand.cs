using Firebreak.Lab.Engine.Cmdlets;
using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Measure-Object.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Object", DefaultParameterSetName = "GenericMeasure")]
public sealed class MeasureObjectCommand : PSCmdlet
{
    private readonly Dictionary<string, Statistics> _statistics = new(StringComparer.OrdinalIgnoreCase);
    private int _count;
    private long _lines;
    private long _words;
    private long _characters;

    /// <summary>The input.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Which properties.</summary>
    [Parameter(Position = 0)]
    public string[]? Property { get; set; }

    /// <summary>Sum.</summary>
    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Sum { get; set; }

    /// <summary>Average.</summary>
    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Average { get; set; }

    /// <summary>Maximum.</summary>
    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Maximum { get; set; }

    /// <summary>Minimum.</summary>
    [Parameter(ParameterSetName = "GenericMeasure")]
    public SwitchParameter Minimum { get; set; }

    /// <summary>Count lines.</summary>
    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Line { get; set; }

    /// <summary>Count words.</summary>
    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Word { get; set; }

    /// <summary>Count characters.</summary>
    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter Character { get; set; }

    /// <summary>White space does not count.</summary>
    [Parameter(ParameterSetName = "TextMeasure")]
    public SwitchParameter IgnoreWhiteSpace { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }
        _count++;
        if (Property is null)
        {
            Add("", InputObject);
            return;
        }
        foreach (string name in Property)
        {
            foreach (PSPropertyInfo property in InputObject.Properties.Match(name))
            {
                Add(property.Name, property.Value);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == "TextMeasure")
        {
            WriteObject(Result("TextMeasureInfo", ("Lines", Line ? _lines : null), ("Words", Word ? _words : null), ("Characters", Character ? _characters : null), ("Property", Property?.FirstOrDefault())));
            return;
        }
        if (Property is null)
        {
            WriteObject(Generic(null, _statistics.GetValueOrDefault(""), _count));
            return;
        }
        foreach (string name in Property)
        {
            KeyValuePair<string, Statistics>[] found = [.. _statistics.Where(s => WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch(s.Key))];
            foreach ((string property, Statistics statistics) in found)
            {
                WriteObject(Generic(property, statistics, statistics.Count));
            }
            if (found.Length == 0)
            {
                WriteError(new ErrorRecord(
                    new PSArgumentException($"The property \"{name}\" cannot be found in the input for any objects."),
                    "GenericMeasurePropertyNotFound", ErrorCategory.InvalidArgument, null));
            }
        }
    }

    private PSObject Generic(string? property, Statistics? statistics, int count) => Result(
        "GenericMeasureInfo",
        ("Count", count),
        ("Average", Average && statistics?.Numbers > 0 ? statistics.Sum / statistics.Numbers : null),
        ("Sum", Sum && statistics is not null ? statistics.Sum : null),
        ("Maximum", Maximum ? statistics?.Maximum : null),
        ("Minimum", Minimum ? statistics?.Minimum : null),
        ("Property", property));

    private static PSObject Result(string type, params ReadOnlySpan<(string Name, object? Value)> properties)
    {
        var result = new PSObject();
        result.TypeNames.Insert(0, "Microsoft.PowerShell.Commands.MeasureInfo");
        result.TypeNames.Insert(0, "Microsoft.PowerShell.Commands." + type);
        foreach ((string name, object? value) in properties)
        {
            result.Properties.Add(new PSNoteProperty(name, value));
        }
        return result;
    }

    private void Add(string name, object? value)
    {
        if (!_statistics.TryGetValue(name, out Statistics? statistics))
        {
            _statistics[name] = statistics = new Statistics();
        }
        statistics.Count++;
        if (ParameterSetName == "TextMeasure")
        {
            string text = LanguagePrimitives.ConvertTo<string>(value);
            _lines += text.Length == 0 ? 0 : text.Split('\n').Length;
            _words += text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
            _characters += IgnoreWhiteSpace ? text.Count(c => !char.IsWhiteSpace(c)) : text.Length;
            return;
        }
        if (Sum || Average)
        {
            if (LanguagePrimitives.TryConvertTo(value, out double number))
            {
                statistics.Numbers++;
                statistics.Sum += number;
            }
            else
            {
                WriteError(new ErrorRecord(
                    new PSInvalidOperationException($"Input object \"{value}\" is not numeric."), "NonNumericInputObject", ErrorCategory.InvalidType, value));
            }
        }
        if (Maximum || Minimum)
        {
            object? plain = value is PSObject wrapped ? wrapped.BaseObject : value;
            object comparable = LanguagePrimitives.TryConvertTo(plain, out double number) ? number : plain!;
            if (statistics.Maximum is null || ObjectComparison.Compare(comparable, statistics.Maximum) > 0) { statistics.Maximum = comparable; }
            if (statistics.Minimum is null || ObjectComparison.Compare(comparable, statistics.Minimum) < 0) { statistics.Minimum = comparable; }
        }
    }

    private sealed class Statistics
    {
        public int Count { get; set; }
        public int Numbers { get; set; }
        public double Sum { get; set; }
        public object? Maximum { get; set; }
        public object? Minimum { get; set; }
    }
}
