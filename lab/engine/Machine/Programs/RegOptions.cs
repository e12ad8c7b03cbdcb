using Microsoft.Win32;

namespace Firebreak.Lab.Machines;

/// <summary>Switches of reg.exe.</summary>
internal sealed record RegOptions
{
    public string? Value { get; private init; }

    public string? Type { get; private init; }

    public string? Data { get; private init; }

    public bool Force { get; private init; }

    public bool Recurse { get; private init; }

    public bool AllValues { get; private init; }

    public RegistryView View { get; private init; }

    /// <summary>The switches, or null if one is unknown or lacks its value.</summary>
    public static RegOptions? Parse(IEnumerable<string> arguments)
    {
        Slashes reader = new([.. arguments]);
        RegOptions? options = new();
        while (options is not null && reader.Next(out string argument))
        {
            options = argument.ToLowerInvariant() switch
            {
                "/v" => reader.AnyValue() is { } value ? options with { Value = value } : null,
                "/ve" => options with { Value = "" },
                "/va" => options with { AllValues = true },
                "/t" => reader.AnyValue() is { } type ? options with { Type = type } : null,
                "/d" => reader.AnyValue() is { } data ? options with { Data = data } : null,
                "/f" => options with { Force = true },
                "/s" => options with { Recurse = true },
                "/reg:64" => options with { View = RegistryView.Registry64 },
                "/reg:32" => options with { View = RegistryView.Registry32 },
                "/k" or "/e" or "/c" or "/se" or "/z" => throw new LabRefusalException($"reg {argument}"),
                _ => null,
            };
        }

        return options;
    }
}
