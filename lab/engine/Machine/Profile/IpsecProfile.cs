namespace Firebreak.Lab.Machines;

/// <summary>IPsec at the start.</summary>
public sealed record IpsecProfile
{
    /// <summary>Local policies.</summary>
    public IReadOnlyList<IpsecPolicyProfile> Policies { get; init; } = [];

    /// <summary>Policy assigned by a GPO: overrides the local one.</summary>
    public IpsecGpoProfile? Gpo { get; init; }
}
