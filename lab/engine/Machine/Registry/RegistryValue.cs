using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Win32;

namespace Firebreak.Lab.Machines;

/// <summary>A typed registry value. Data is string (String, ExpandString), string[] (MultiString), int (DWord), long (QWord) or byte[] (Binary, None).</summary>
public sealed record RegistryValue
{
    /// <summary>Creates a value; numbers are brought to the kind's type.</summary>
    /// <exception cref="ArgumentException">The data does not fit the kind.</exception>
    public RegistryValue(RegistryValueKind kind, object data)
    {
        Kind = kind;
        Data = kind switch
        {
            RegistryValueKind.String or RegistryValueKind.ExpandString when data is string => data,
            RegistryValueKind.MultiString when data is string[] list => (string[])list.Clone(),
            RegistryValueKind.Binary or RegistryValueKind.None when data is byte[] bytes => (byte[])bytes.Clone(),
            RegistryValueKind.DWord when data is int => data,
            RegistryValueKind.DWord when data is uint number => unchecked((int)number),
            RegistryValueKind.DWord when data is long number and >= int.MinValue and <= uint.MaxValue => unchecked((int)number),
            RegistryValueKind.QWord when data is long => data,
            RegistryValueKind.QWord when data is int number => (long)number,
            RegistryValueKind.QWord when data is ulong number => unchecked((long)number),
            _ => throw new ArgumentException($"{data.GetType().Name} does not fit a registry value of kind {kind}"),
        };
    }

    /// <summary>The type of the value.</summary>
    public RegistryValueKind Kind { get; }

    /// <summary>The data, in the kind's .NET type; arrays must not be changed.</summary>
    public object Data { get; }

    /// <summary>A REG_SZ.</summary>
    public static RegistryValue Sz(string text) => new(RegistryValueKind.String, text);

    /// <summary>A REG_DWORD.</summary>
    public static RegistryValue Dword(long number) => new(RegistryValueKind.DWord, number);

    /// <summary>A REG_MULTI_SZ.</summary>
    public static RegistryValue Multi(params string[] list) => new(RegistryValueKind.MultiString, list);

    /// <summary>The name as in reg.exe: REG_SZ …</summary>
    public string TypeName => Kind switch
    {
        RegistryValueKind.String => "REG_SZ",
        RegistryValueKind.ExpandString => "REG_EXPAND_SZ",
        RegistryValueKind.MultiString => "REG_MULTI_SZ",
        RegistryValueKind.DWord => "REG_DWORD",
        RegistryValueKind.QWord => "REG_QWORD",
        RegistryValueKind.Binary => "REG_BINARY",
        _ => "REG_NONE",
    };

    /// <summary>Reads a value of a profile: "text", 5 or { type, value } (binary as hex text).</summary>
    /// <exception cref="FormatException">Not such a value.</exception>
    public static RegistryValue FromJson(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                return Sz(json.GetString()!);
            case JsonValueKind.Number:
                return Dword(json.GetInt64());
            case JsonValueKind.Object:
                JsonElement value = json.GetProperty("value");
                return json.GetProperty("type").GetString() switch
                {
                    "REG_SZ" => Sz(value.GetString()!),
                    "REG_EXPAND_SZ" => new(RegistryValueKind.ExpandString, value.GetString()!),
                    "REG_MULTI_SZ" => new(RegistryValueKind.MultiString, value.EnumerateArray().Select(e => e.GetString()!).ToArray()),
                    "REG_DWORD" => Dword(value.GetInt64()),
                    "REG_QWORD" => new(RegistryValueKind.QWord, value.GetInt64()),
                    "REG_BINARY" => new(RegistryValueKind.Binary, Convert.FromHexString(value.GetString()!)),
                    string other => throw new FormatException($"unknown registry type {other}"),
                    null => throw new FormatException("a registry value needs a type"),
                };
            default:
                throw new FormatException($"a registry value cannot be {json.ValueKind}");
        }
    }

    /// <summary>Canonical JSON: { type, value }.</summary>
    public JsonObject ToJson() => new()
    {
        ["type"] = TypeName,
        ["value"] = Data switch
        {
            string text => JsonValue.Create(text),
            string[] list => new JsonArray([.. list.Select(s => (JsonNode)s)]),
            int number => JsonValue.Create(unchecked((uint)number)),
            long number => JsonValue.Create(number),
            byte[] bytes => JsonValue.Create(Convert.ToHexString(bytes)),
            _ => throw new InvalidOperationException(),
        },
    };

    /// <summary>Equal in kind and in data, arrays by their elements.</summary>
    public bool Equals(RegistryValue? other) => other is not null && Kind == other.Kind && (Data, other.Data) switch
    {
        (string[] a, string[] b) => a.AsSpan().SequenceEqual(b),
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        var (a, b) => a.Equals(b),
    };

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Data is Array array ? array.Length : Data.GetHashCode());

    /// <summary>The data as REG_SZ-like text.</summary>
    public override string ToString() => Data switch
    {
        string[] list => string.Join("\\0", list),
        byte[] bytes => Convert.ToHexString(bytes),
        _ => Convert.ToString(Data, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
