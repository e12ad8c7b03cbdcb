using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Random.</summary>
[Cmdlet(VerbsCommon.Get, "Random", DefaultParameterSetName = "RandomNumberParameterSet")]
public sealed class GetRandomCommand : PSCmdlet
{
    private readonly List<object?> _items = [];

    /// <summary>Start of the sequence.</summary>
    [Parameter, ValidateNotNull]
    public int? SetSeed { get; set; }

    /// <summary>Upper bound, exclusive.</summary>
    [Parameter(Position = 0, ParameterSetName = "RandomNumberParameterSet")]
    public object? Maximum { get; set; }

    /// <summary>Lower bound.</summary>
    [Parameter(ParameterSetName = "RandomNumberParameterSet")]
    public object? Minimum { get; set; }

    /// <summary>What to choose from.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "RandomListItemParameterSet")]
    public object?[] InputObject { get; set; } = [];

    /// <summary>How many to choose.</summary>
    [Parameter(ParameterSetName = "RandomListItemParameterSet"), ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord() => _items.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Random random = SetSeed is { } seed ? new Random(seed) : Random.Shared;
        if (ParameterSetName == "RandomListItemParameterSet")
        {
            object?[] all = [.. _items];
            random.Shuffle(all);
            WriteObject(all.Take(Count), enumerateCollection: true);
            return;
        }
        object maximum = PSObject.Base(Maximum) ?? int.MaxValue;
        object minimum = PSObject.Base(Minimum) ?? 0;
        if (maximum is double or float or decimal || minimum is double or float or decimal)
        {
            double low = LanguagePrimitives.ConvertTo<double>(minimum);
            double high = LanguagePrimitives.ConvertTo<double>(maximum);
            Check(low < high);
            WriteObject(low + random.NextDouble() * (high - low));
            return;
        }
        long from = LanguagePrimitives.ConvertTo<long>(minimum);
        long to = LanguagePrimitives.ConvertTo<long>(maximum);
        Check(from < to);
        long drawn = random.NextInt64(from, to);
        WriteObject(from >= int.MinValue && to <= int.MaxValue ? (object)(int)drawn : drawn);
    }

    private void Check(bool ordered)
    {
        if (!ordered)
        {
            ThrowTerminatingError(new ErrorRecord(
                new ArgumentException($"The Minimum value ({Minimum ?? 0}) cannot be greater than or equal to the Maximum value ({Maximum})."),
                "MinGreaterThanOrEqualMax", ErrorCategory.InvalidArgument, null));
        }
    }
}
