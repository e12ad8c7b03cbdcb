using System.Text.Json;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines;

/// <summary>What exportpolicy writes and importpolicy reads: all objects of the local store but not which policy is assigned.</summary>
internal static class IpsecFile
{
    public static string Export(Machine machine)
    {
        JsonObject keys = [];
        foreach (string name in machine.Registry.SubKeyNames(IpsecState.LocalKey) ?? [])
        {
            keys[name] = machine.Registry.Export($@"{IpsecState.LocalKey}\{name}")!["values"]!.DeepClone();
        }

        return keys.ToJsonString();
    }

    /// <exception cref="NetshException">Not such a file.</exception>
    public static void Import(Machine machine, string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            foreach (JsonProperty key in document.RootElement.EnumerateObject())
            {
                machine.Registry.CreateKey($@"{IpsecState.LocalKey}\{key.Name}");
                foreach (JsonProperty value in key.Value.EnumerateObject())
                {
                    machine.Registry.SetValue($@"{IpsecState.LocalKey}\{key.Name}", value.Name, RegistryValue.FromJson(value.Value));
                }
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new NetshException("The file is not a policy file.");
        }
    }
}
