namespace Firebreak.Lab.Machines;

/// <summary>A value of a Run key.</summary>
public sealed record RunValueProfile
{
    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>Name of the value.</summary>
    public required string Name { get; init; }
}
