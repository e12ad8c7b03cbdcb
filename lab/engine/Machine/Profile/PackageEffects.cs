using System.Text.Json;

namespace Firebreak.Lab.Machines;

/// <summary>What a package changes.</summary>
public sealed record PackageEffects
{
    /// <summary>New UBR (boot only).</summary>
    public int? Ubr { get; init; }

    /// <summary>Files replaced.</summary>
    public IReadOnlyDictionary<string, FileProfile> Files { get; init; } = new Dictionary<string, FileProfile>();

    /// <summary>Registry values set.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> Registry { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, JsonElement>>();
}
