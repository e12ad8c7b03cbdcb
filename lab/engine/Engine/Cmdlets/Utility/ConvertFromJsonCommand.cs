using Firebreak.Lab.Engine.Cmdlets;
using System.Management.Automation;
using System.Text.Json;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>ConvertFrom-Json.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Json"), Since(3, 0)]
public sealed class ConvertFromJsonCommand : PSCmdlet
{
    private readonly List<string> _lines = [];

    /// <summary>The text, whole or by lines.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true), AllowEmptyString]
    public string InputObject { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord() => _lines.Add(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        string text = string.Join(Environment.NewLine, _lines);
        if (string.IsNullOrWhiteSpace(text))
        {
            return;
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            // Windows PowerShell writes an array as one object; a pipeline behind it sees one item.
            WriteObject(Convert(document.RootElement), enumerateCollection: false);
        }
        catch (JsonException error)
        {
            ThrowTerminatingError(new ErrorRecord(
                new ArgumentException("Invalid JSON primitive: " + error.Message, error), "System.ArgumentException", ErrorCategory.NotSpecified, null));
        }
    }

    private static object? Convert(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var result = new PSObject();
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    if (result.Properties[property.Name] is { } same)
                    {
                        same.Value = Convert(property.Value);
                    }
                    else
                    {
                        result.Properties.Add(new PSNoteProperty(property.Name, Convert(property.Value)));
                    }
                }
                return result;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(Convert).ToArray();
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.TryGetInt32(out int small) ? small
                    : element.TryGetInt64(out long big) ? big
                    : element.GetRawText().AsSpan().IndexOfAny('e', 'E') < 0 && element.TryGetDecimal(out decimal exact) ? exact
                    : element.GetDouble();
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }
}
