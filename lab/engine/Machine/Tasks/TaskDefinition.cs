namespace Firebreak.Lab.Machines;

/// <summary>A scheduled task as registered.</summary>
public sealed record TaskDefinition
{
    /// <summary>Full name with folder, e.g. \Firebreak\install.</summary>
    public required string Name { get; init; }

    /// <summary>Program to run.</summary>
    public required string Execute { get; init; }

    /// <summary>Its arguments as written.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>Its folder, or null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Times (UTC) at which it runs once.</summary>
    public IReadOnlyList<DateTimeOffset> Once { get; init; } = [];

    /// <summary>Whether it runs at each boot.</summary>
    public bool OnStart { get; init; }

    /// <summary>Account it runs as.</summary>
    public string RunAs { get; init; } = @"NT AUTHORITY\SYSTEM";

    /// <summary>Whether it runs with highest privileges.</summary>
    public bool Highest { get; init; }

    /// <summary>Whether it is enabled.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Whether a missed start is made up for.</summary>
    public bool StartWhenAvailable { get; init; }

    /// <summary>Whether it is deleted after its last run.</summary>
    public bool DeleteAfterRun { get; init; }

    /// <summary>Longest run; null = no limit.</summary>
    public TimeSpan? ExecutionTimeLimit { get; init; } = TimeSpan.FromHours(72);

    /// <summary>Who registered it.</summary>
    public string Author { get; init; } = "";
}
