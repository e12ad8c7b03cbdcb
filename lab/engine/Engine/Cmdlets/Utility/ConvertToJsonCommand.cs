using Firebreak.Lab.Engine.Cmdlets;
using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>ConvertTo-Json.</summary>
[Cmdlet(VerbsData.ConvertTo, "Json"), Since(3, 0)]
public sealed class ConvertToJsonCommand : PSCmdlet
{
    private readonly List<object?> _items = [];

    /// <summary>The input.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true), AllowNull]
    public object? InputObject { get; set; }

    /// <summary>Levels below the first that are not turned into text.</summary>
    [Parameter, ValidateRange(1, 100)]
    public int Depth { get; set; } = 2;

    /// <summary>On one line.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _items.Add(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_items.Count == 0)
        {
            return;
        }
        object? value = _items.Count == 1 ? _items[0] : _items.ToArray();
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Indented = !Compress, IndentSize = 4, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            WriteValue(json, value, 0);
        }
        WriteObject(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private void WriteValue(Utf8JsonWriter json, object? value, int level)
    {
        object? plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (plain)
        {
            case null or DBNull: json.WriteNullValue(); return;
            case string or char or Guid or Version or Uri: json.WriteStringValue(plain.ToString()); return;
            case bool flag: json.WriteBooleanValue(flag); return;
            case DateTime time: json.WriteStringValue($"/Date({new DateTimeOffset(time).ToUnixTimeMilliseconds()})/"); return;
            case Enum name: json.WriteNumberValue(Convert.ToInt64(name, CultureInfo.InvariantCulture)); return;
            case double number when !double.IsFinite(number): json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture)); return;
            case float or double: json.WriteNumberValue(Convert.ToDouble(plain, CultureInfo.InvariantCulture)); return;
            case sbyte or byte or short or ushort or int or uint or long: json.WriteNumberValue(Convert.ToInt64(plain, CultureInfo.InvariantCulture)); return;
            case ulong number: json.WriteNumberValue(number); return;
            case decimal number: json.WriteNumberValue(number); return;
        }
        if (level > Depth)
        {
            json.WriteStringValue(LanguagePrimitives.ConvertTo<string>(value));
            return;
        }
        if (plain is IDictionary table)
        {
            json.WriteStartObject();
            foreach (DictionaryEntry entry in table)
            {
                json.WritePropertyName(LanguagePrimitives.ConvertTo<string>(entry.Key));
                WriteValue(json, entry.Value, level + 1);
            }
            json.WriteEndObject();
        }
        else if (LanguagePrimitives.GetEnumerable(plain) is { } list)
        {
            json.WriteStartArray();
            foreach (object? element in list)
            {
                WriteValue(json, element, level + 1);
            }
            json.WriteEndArray();
        }
        else
        {
            WriteProperties(json, PSObject.AsPSObject(value), level);
        }
    }

    private void WriteProperties(Utf8JsonWriter json, PSObject item, int level)
    {
        json.WriteStartObject();
        foreach (PSPropertyInfo property in item.Properties)
        {
            object? value;
            try
            {
                value = property.Value;
            }
            catch (GetValueException)
            {
                continue;
            }
            json.WritePropertyName(property.Name);
            WriteValue(json, value, level + 1);
        }
        json.WriteEndObject();
    }
}
