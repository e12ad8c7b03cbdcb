using System.Globalization;
using System.Text;
using Microsoft.Win32;

namespace Firebreak.Lab.Machines;

/// <summary>reg.exe query, add, delete, on this machine or on \\machine\HKLM\…</summary>
internal sealed class RegProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        if (arguments.Count < 2)
        {
            return Syntax();
        }

        string verb = arguments[0].ToLowerInvariant();
        if (verb is "export" or "import" or "copy" or "save" or "restore" or "load" or "unload" or "compare" or "flags")
        {
            throw new LabRefusalException($"reg {verb}");
        }

        string key = arguments[1];
        if (machine.Os.IsLegacy && arguments.Any(a => a.StartsWith("/reg:", StringComparison.OrdinalIgnoreCase)))
        {
            // reg.exe before Windows 7 does not know the switch.
            return Syntax();
        }

        if (key.StartsWith(@"\\", StringComparison.Ordinal))
        {
            int end = key.IndexOf('\\', 2);
            if (end < 0)
            {
                return new(1, "", "ERROR: Invalid key name.\r\n");
            }

            string[] hives = ["HKLM", "HKEY_LOCAL_MACHINE", "HKU", "HKEY_USERS"];
            if (!hives.Contains(key[(end + 1)..].Split('\\')[0], StringComparer.OrdinalIgnoreCase))
            {
                return new(1, "", "ERROR: Invalid key name.\r\n");
            }

            try
            {
                RemoteGrant grant = context.Remote.Reach(machine, context, key[2..end], RemoteService.Registry);
                (machine, context, key) = (grant.Target, grant.Context, key[(end + 1)..]);
            }
            catch (LabWin32Exception error)
            {
                return new(1, "", $"ERROR: {error.Message}\r\n");
            }
        }

        if (machine.Os.Is9x)
        {
            throw new LabRefusalException("reg.exe on " + machine.Os.Product);
        }

        RegOptions? options = RegOptions.Parse(arguments.Skip(2));
        if (options is null || verb is not ("query" or "add" or "delete"))
        {
            return Syntax();
        }

        try
        {
            _ = RegistryPath.Parse(key, RegistryView.Default, true);
        }
        catch (ArgumentException)
        {
            return new(1, "", "ERROR: Invalid key name.\r\n");
        }

        if (verb != "query" && !context.IsAdmin && !key.StartsWith("HKCU", StringComparison.OrdinalIgnoreCase))
        {
            return new(1, "", "ERROR: Access is denied.\r\n");
        }

        return verb switch
        {
            "query" => Query(machine.Registry, key, options),
            "add" => Add(machine.Registry, key, options),
            _ => Delete(machine.Registry, key, options),
        };
    }

    private static ProgramResult Query(RegistryTree registry, string key, RegOptions options)
    {
        StringBuilder output = new();
        int found = 0;
        bool Show(string path, bool top)
        {
            if (registry.Values(path, options.View) is not { } values)
            {
                return false;
            }

            List<KeyValuePair<string, RegistryValue>> shown = [.. values.Where(v => options.Value is null || v.Key.Equals(options.Value, StringComparison.OrdinalIgnoreCase))];
            found += shown.Count;
            if (shown.Count > 0 || (options.Value is null && (top ? values.Count > 0 : true)))
            {
                output.Append($"\r\n{LongName(path)}\r\n");
            }

            foreach ((string name, RegistryValue value) in shown)
            {
                string text = value.Data is int number ? $"0x{number:x}" : value.Data is long big ? $"0x{big:x}" : value.ToString();
                output.Append($"    {(name.Length == 0 ? "(Default)" : name)}    {value.TypeName}    {text}\r\n");
            }

            foreach (string child in registry.SubKeyNames(path, options.View)!)
            {
                if (options.Recurse)
                {
                    Show($@"{path}\{child}", false);
                }
                else if (options.Value is null)
                {
                    output.Append($"{LongName(path)}\\{child}\r\n");
                }
            }

            return true;
        }

        return Show(key, true) && (options.Value is null || found > 0)
            ? new(0, output + "\r\n")
            : new(1, "", "ERROR: The system was unable to find the specified registry key or value.\r\n");
    }

    private static ProgramResult Add(RegistryTree registry, string key, RegOptions options)
    {
        if (options.Value is null)
        {
            if (options.Type is not null || options.Data is not null)
            {
                return Syntax();
            }

            registry.CreateKey(key, options.View);
            return Success();
        }

        RegistryValue? value = MakeValue(options.Type ?? "REG_SZ", options.Data);
        if (value is null)
        {
            return Syntax();
        }

        if (!options.Force && registry.GetValue(key, options.Value, options.View) is not null)
        {
            throw new LabRefusalException("keyboard for reg to ask on: /f is missing");
        }

        registry.SetValue(key, options.Value, value, options.View);
        return Success();
    }

    private static ProgramResult Delete(RegistryTree registry, string key, RegOptions options)
    {
        if (!options.Force)
        {
            throw new LabRefusalException("keyboard for reg to ask on: /f is missing");
        }

        bool done;
        if (options.AllValues)
        {
            IReadOnlyList<KeyValuePair<string, RegistryValue>>? values = registry.Values(key, options.View);
            foreach ((string name, _) in values ?? [])
            {
                registry.DeleteValue(key, name, options.View);
            }

            done = values is not null;
        }
        else
        {
            done = options.Value is { } value ? registry.DeleteValue(key, value, options.View) : registry.DeleteKey(key, options.View);
        }

        return done ? Success() : new(1, "", "ERROR: The system was unable to find the specified registry key or value.\r\n");
    }

    private static RegistryValue? MakeValue(string type, string? data)
    {
        try
        {
            return type.ToUpperInvariant() switch
            {
                "REG_SZ" => RegistryValue.Sz(data ?? ""),
                "REG_EXPAND_SZ" => new(RegistryValueKind.ExpandString, data ?? ""),
                "REG_MULTI_SZ" => RegistryValue.Multi([.. (data ?? "").Split("\\0").Where(s => s.Length > 0)]),
                "REG_DWORD" => RegistryValue.Dword(Number(data ?? "0")),
                "REG_QWORD" => new(RegistryValueKind.QWord, Number(data ?? "0")),
                "REG_BINARY" => new(RegistryValueKind.Binary, Convert.FromHexString(data ?? "")),
                _ => null,
            };
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            return null;
        }

        static long Number(string text) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? long.Parse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static string LongName(string path) =>
        path.Replace("HKLM", "HKEY_LOCAL_MACHINE", StringComparison.OrdinalIgnoreCase).Replace("HKCU", "HKEY_CURRENT_USER", StringComparison.OrdinalIgnoreCase);

    private static ProgramResult Success() => new(0, "The operation completed successfully.\r\n");

    private static ProgramResult Syntax() => new(1, "", "ERROR: Invalid syntax.\r\n");
}
