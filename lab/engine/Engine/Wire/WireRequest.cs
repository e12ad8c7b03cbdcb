using System.Text.Json;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Engine.Wire;

/// <summary>One request line, with typed access to its fields.</summary>
internal sealed class WireRequest
{
    private readonly JsonObject _fields;

    private WireRequest(long id, string op, JsonObject fields)
    {
        Id = id;
        Op = op;
        _fields = fields;
    }

    /// <summary>Number that the reply repeats.</summary>
    public long Id { get; }

    /// <summary>What is asked for.</summary>
    public string Op { get; }

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">It is no JSON object with <c>id</c> and <c>op</c>.</exception>
    public static WireRequest Parse(string line)
    {
        if (JsonNode.Parse(line) is not JsonObject fields)
        {
            throw new JsonException("a request is a JSON object");
        }
        long id = fields["id"] is JsonValue number && number.TryGetValue(out long value) ? value : 0;
        string op = fields["op"] is JsonValue text && text.TryGetValue(out string? name) ? name : throw new JsonException("a request has an op");
        return new WireRequest(id, op, fields);
    }

    /// <summary>A field that must be a string.</summary>
    public string Text(string name) => OptionalText(name) ?? throw new WireError("lab.bad-request", $"{Op}: '{name}' must be a string");

    /// <summary>A string field that may be absent or null.</summary>
    public string? OptionalText(string name) => _fields[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <summary>A field that must be a number.</summary>
    public double Number(string name) =>
        _fields[name] is JsonValue value && value.TryGetValue(out double number) ? number : throw new WireError("lab.bad-request", $"{Op}: '{name}' must be a number");

    /// <summary>A field that is true, or false, or absent.</summary>
    public bool Flag(string name) => _fields[name] is JsonValue value && value.TryGetValue(out bool flag) && flag;

    /// <summary>A field that must be a GUID.</summary>
    public Guid Id128(string name) => OptionalId128(name) ?? throw new WireError("lab.bad-request", $"{Op}: '{name}' must be a GUID");

    /// <summary>A GUID field that may be absent or null.</summary>
    public Guid? OptionalId128(string name)
    {
        if (OptionalText(name) is not { } text)
        {
            return null;
        }
        return Guid.TryParse(text, out Guid id) ? id : throw new WireError("lab.bad-request", $"{Op}: '{name}' must be a GUID");
    }

    /// <summary>A field of bytes (base64); empty when absent.</summary>
    public byte[] Bytes(string name)
    {
        try
        {
            return Convert.FromBase64String(OptionalText(name) ?? "");
        }
        catch (FormatException)
        {
            throw new WireError("lab.bad-request", $"{Op}: '{name}' must be base64");
        }
    }

    /// <summary>A field as it came.</summary>
    public JsonNode? Node(string name) => _fields[name];
}
