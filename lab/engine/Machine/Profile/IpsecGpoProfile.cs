namespace Firebreak.Lab.Machines;

/// <summary>IPsec policy assigned by a GPO; its filters are in effect.</summary>
public sealed record IpsecGpoProfile
{
    /// <summary>Name of the policy.</summary>
    public required string Name { get; init; }

    /// <summary>LDAP path; made up if absent.</summary>
    public string? Path { get; init; }

    /// <summary>Its rules.</summary>
    public IReadOnlyList<IpsecRuleProfile> Rules { get; init; } = [];
}
