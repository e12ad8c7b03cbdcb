namespace Firebreak.Lab.Machines;

/// <summary>A file at the start, or of a package.</summary>
public sealed record FileProfile
{
    /// <summary>FileVersion, e.g. 10.0.18362.329.</summary>
    public string? Version { get; init; }

    /// <summary>Size in bytes; of the content if that is given.</summary>
    public long? Size { get; init; }

    /// <summary>Content as text (UTF-8 without BOM); absent = made up from path and version.</summary>
    public string? Content { get; init; }

    /// <summary>Last write time, ISO 8601.</summary>
    public DateTimeOffset? Modified { get; init; }
}
