namespace Firebreak.Lab.Machines;

/// <summary>What is in the log System before the lab, besides the starts of the machine.</summary>
public sealed record EventLogProfile
{
    /// <summary>Nothing older than so many hours: cleared, or overwritten; null: all of it.</summary>
    public double? SinceHours { get; init; }

    /// <summary>Further entries.</summary>
    public IReadOnlyList<EventProfile> Events { get; init; } = [];
}

/// <summary>An entry of the log System.</summary>
public sealed record EventProfile
{
    /// <summary>How long before the lab's start.</summary>
    public required double HoursAgo { get; init; }

    /// <summary>Number of the event.</summary>
    public required int Id { get; init; }

    /// <summary>Who wrote it.</summary>
    public required string Source { get; init; }

    /// <summary>error, warning or information.</summary>
    public string Kind { get; init; } = "error";

    /// <summary>What its text is made of.</summary>
    public IReadOnlyList<string> Strings { get; init; } = [];
}
