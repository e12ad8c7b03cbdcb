namespace Firebreak.Lab.Machines;

/// <summary>What a package asks of a machine; absent = anything.</summary>
public sealed record PackageRequirements
{
    /// <summary>Build numbers.</summary>
    public IReadOnlyList<int>? Builds { get; init; }

    /// <summary>Architectures.</summary>
    public IReadOnlyList<string>? Arch { get; init; }

    /// <summary>Languages.</summary>
    public IReadOnlyList<string>? Language { get; init; }

    /// <summary>Product types.</summary>
    public IReadOnlyList<int>? ProductTypes { get; init; }

    /// <summary>Service pack levels.</summary>
    public IReadOnlyList<int>? ServicePacks { get; init; }

    /// <summary>Suites that all must be there.</summary>
    public IReadOnlyList<string> Suites { get; init; } = [];

    /// <summary>Suites of which none may be there.</summary>
    public IReadOnlyList<string> NoSuites { get; init; } = [];

    /// <summary>at or nec98.</summary>
    public string? Platform { get; init; }

    /// <summary>Ids of packages (or KBs) that must be installed and active: else CBS error 0x800F0823.</summary>
    public IReadOnlyList<string> Prerequisites { get; init; } = [];

    /// <summary>Already installed from this UBR on (a later cumulative update contains it).</summary>
    public int? SupersededFromUbr { get; init; }
}
