using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines;

/// <summary>One entry of a machine's history (HistoryEntry in lab/README.md).</summary>
/// <param name="At">Lab time.</param>
/// <param name="Kind">What sort of thing happened.</param>
/// <param name="Fields">Its further fields; not to be changed by readers.</param>
public sealed record HistoryEntry(DateTimeOffset At, string Kind, JsonObject Fields)
{
    /// <summary>The value of a field as text, or null.</summary>
    public string? this[string field] => Fields[field]?.ToString();

    /// <summary>The entry as the wire sends it: at, kind, and the fields beside them.</summary>
    public JsonObject ToJson()
    {
        JsonObject json = new() { ["at"] = LabTime.Iso(At), ["kind"] = Kind };
        foreach ((string name, JsonNode? value) in Fields)
        {
            json[name] = value?.DeepClone();
        }

        return json;
    }
}
