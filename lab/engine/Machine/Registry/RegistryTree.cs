using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Win32;

namespace Firebreak.Lab.Machines;

/// <summary>The registry of a machine. Paths begin with a hive in any usual spelling; <see cref="RegistryView.Default"/> is the native view.</summary>
public sealed class RegistryTree
{
    private readonly Lock _gate;
    private readonly bool _is64Bit;
    private readonly RegistryNode _root = new("");

    /// <summary>An empty registry guarded by <paramref name="gate"/>.</summary>
    public RegistryTree(Lock gate, bool is64Bit)
    {
        _gate = gate;
        _is64Bit = is64Bit;
        _root.Keys["HKLM"] = new RegistryNode("HKLM");
        _root.Keys["HKU"] = new RegistryNode("HKU");
        CreateKey(@"HKU\S-1-5-18");
    }

    /// <summary>Raised for each change, after it.</summary>
    public event Action<RegistryChange>? Changed;

    /// <summary>Whether the key is there.</summary>
    public bool KeyExists(string key, RegistryView view = RegistryView.Default)
    {
        lock (_gate)
        {
            return Find(Parse(key, view)) is not null;
        }
    }

    /// <summary>The key's path as stored (case of creation, long view path), or null.</summary>
    public string? CanonicalPath(string key, RegistryView view = RegistryView.Default)
    {
        lock (_gate)
        {
            List<string> names = [];
            RegistryNode node = _root;
            foreach (string part in Parse(key, view))
            {
                if (!node.Keys.TryGetValue(part, out RegistryNode? child))
                {
                    return null;
                }

                names.Add(child.Name);
                node = child;
            }

            return string.Join('\\', names);
        }
    }

    /// <summary>The names of the subkeys, sorted; null if there is no such key.</summary>
    public IReadOnlyList<string>? SubKeyNames(string key, RegistryView view = RegistryView.Default)
    {
        lock (_gate)
        {
            return Find(Parse(key, view))?.Keys.Values.Select(k => k.Name).ToArray();
        }
    }

    /// <summary>The values by name ("" is the default value), in order of creation; null if there is no such key.</summary>
    public IReadOnlyList<KeyValuePair<string, RegistryValue>>? Values(string key, RegistryView view = RegistryView.Default)
    {
        lock (_gate)
        {
            return Find(Parse(key, view))?.Values.Values.Select(v => KeyValuePair.Create(v.Name, v.Value)).ToArray();
        }
    }

    /// <summary>One value, or null.</summary>
    public RegistryValue? GetValue(string key, string name, RegistryView view = RegistryView.Default)
    {
        lock (_gate)
        {
            return Find(Parse(key, view)) is { } node && node.Values.TryGetValue(name, out (string Name, RegistryValue Value) found) ? found.Value : null;
        }
    }

    /// <summary>Makes the key and its parents; false if it was there.</summary>
    public bool CreateKey(string key, RegistryView view = RegistryView.Default)
    {
        bool created;
        string[] parts = Parse(key, view);
        lock (_gate)
        {
            created = Find(parts) is null;
            Make(parts);
        }

        if (created)
        {
            Changed?.Invoke(new("create-key", string.Join('\\', parts), null, null));
        }

        return created;
    }

    /// <summary>Sets a value, making the key where needed.</summary>
    public void SetValue(string key, string name, RegistryValue value, RegistryView view = RegistryView.Default)
    {
        string[] parts = Parse(key, view);
        lock (_gate)
        {
            RegistryNode node = Make(parts);
            node.Values[name] = (node.Values.TryGetValue(name, out (string Name, RegistryValue Value) old) ? old.Name : name, value);
        }

        Changed?.Invoke(new("set-value", string.Join('\\', parts), name, value));
    }

    /// <summary>Deletes a value; false if there is none.</summary>
    public bool DeleteValue(string key, string name, RegistryView view = RegistryView.Default)
    {
        string[] parts = Parse(key, view);
        lock (_gate)
        {
            if (Find(parts)?.Values.Remove(name) != true)
            {
                return false;
            }
        }

        Changed?.Invoke(new("delete-value", string.Join('\\', parts), name, null));
        return true;
    }

    /// <summary>Deletes a key with all below it; false if there is none.</summary>
    public bool DeleteKey(string key, RegistryView view = RegistryView.Default)
    {
        string[] parts = Parse(key, view);
        if (parts.Length < 2)
        {
            throw new UnauthorizedAccessException($"the hive {key} cannot be deleted");
        }

        lock (_gate)
        {
            if (Find(parts[..^1])?.Keys.Remove(parts[^1]) != true)
            {
                return false;
            }
        }

        Changed?.Invoke(new("delete-key", string.Join('\\', parts), null, null));
        return true;
    }

    /// <summary>Sets the values of a profile or package: key → name → value.</summary>
    internal void Apply(IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> keys)
    {
        foreach ((string key, IReadOnlyDictionary<string, JsonElement> values) in keys)
        {
            CreateKey(key);
            foreach ((string name, JsonElement value) in values)
            {
                SetValue(key, name == "(default)" ? "" : name, RegistryValue.FromJson(value));
            }
        }
    }

    /// <summary>Canonical JSON of a subtree: { key: { values: { name: {type, value} }, keys: { … } } }, names sorted; null if there is no such key.</summary>
    public JsonObject? Export(string key, RegistryView view = RegistryView.Default)
    {
        lock (_gate)
        {
            return Find(Parse(key, view)) is { } node ? Export(node) : null;
        }
    }

    private static JsonObject Export(RegistryNode node)
    {
        JsonObject values = [];
        foreach ((string name, RegistryValue value) in node.Values.Values.OrderBy(v => v.Name, StringComparer.OrdinalIgnoreCase))
        {
            values[name] = value.ToJson();
        }

        JsonObject keys = [];
        foreach (RegistryNode child in node.Keys.Values)
        {
            keys[child.Name] = Export(child);
        }

        return new JsonObject { ["values"] = values, ["keys"] = keys };
    }

    private string[] Parse(string key, RegistryView view) => RegistryPath.Parse(key, view, _is64Bit);

    private RegistryNode? Find(ReadOnlySpan<string> parts)
    {
        RegistryNode node = _root;
        foreach (string part in parts)
        {
            if (!node.Keys.TryGetValue(part, out RegistryNode? child))
            {
                return null;
            }

            node = child;
        }

        return node;
    }

    private RegistryNode Make(ReadOnlySpan<string> parts)
    {
        RegistryNode node = _root;
        foreach (string part in parts)
        {
            if (!node.Keys.TryGetValue(part, out RegistryNode? child))
            {
                child = new RegistryNode(part);
                node.Keys[part] = child;
            }

            node = child;
        }

        return node;
    }
}
