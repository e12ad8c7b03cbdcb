namespace Firebreak.Lab.Machines;

/// <summary>A local IPsec policy.</summary>
public sealed record IpsecPolicyProfile
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is the active one.</summary>
    public bool Assigned { get; init; }

    /// <summary>Its rules.</summary>
    public IReadOnlyList<IpsecRuleProfile> Rules { get; init; } = [];
}
