namespace Firebreak.Lab.Machines;

/// <summary>A rule: a filter list of its own and what to do.</summary>
public sealed record IpsecRuleProfile
{
    /// <summary>Name of rule, filter list and filter action.</summary>
    public required string Name { get; init; }

    /// <summary>block or permit.</summary>
    public required string Action { get; init; }

    /// <summary>Its filters.</summary>
    public IReadOnlyList<IpsecFilterProfile> Filters { get; init; } = [];
}
