namespace Firebreak.Lab.Machines;

/// <summary>A key: names keep their case as created and compare without it.</summary>
internal sealed class RegistryNode(string name)
{
    public string Name { get; } = name;

    public SortedDictionary<string, RegistryNode> Keys { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, (string Name, RegistryValue Value)> Values { get; } = new(StringComparer.OrdinalIgnoreCase);
}
