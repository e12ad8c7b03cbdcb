using System.Globalization;
using System.Text;
using Microsoft.Win32;

namespace Firebreak.Lab.Machines;

/// <summary>
/// regedit.exe /e FILE KEY and /s FILE. NT 4.0 writes REGEDIT4 in the bytes of its code page, Windows 2000 and later version
/// 5.00 in UTF-16; both read either. Without /s it asks before it imports, and there is nobody to answer.
/// </summary>
internal sealed class RegeditProgram : ILabProgram
{
    private const int MaxLine = 80;
    private const string Own = "Windows Registry Editor Version 5.00";
    private const string Old = "REGEDIT4";

    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        string option = arguments.Count > 0 ? arguments[0].ToLowerInvariant() : "";
        string File(int index) => machine.Files.Normalize(arguments[index], context.CurrentDirectory);
        return option switch
        {
            "/e" when arguments.Count == 3 => Export(machine, File(1), arguments[2]),
            "/s" when arguments.Count == 2 => Import(machine, File(1), context),
            _ => throw new LabRefusalException($"regedit {string.Join(' ', arguments)}"),
        };
    }

    private static ProgramResult Export(Machine machine, string file, string key)
    {
        // What the window says that the real one may show is not established: here nothing is written.
        if (machine.Registry.CanonicalPath(Short(key)) is not { } path)
        {
            return new(0, "");
        }

        bool isOld = machine.Os.Number.Major == 4;
        StringBuilder text = new($"{(isOld ? Old : Own)}\r\n\r\n");
        Write(machine.Registry, path, text, isOld);
        byte[] content = isOld ? Encoding.Latin1.GetBytes(text.ToString()) : [0xff, 0xfe, .. Encoding.Unicode.GetBytes(text.ToString())];
        machine.Files.WriteBytes(file, content);
        return new(0, "");
    }

    private static void Write(RegistryTree registry, string path, StringBuilder text, bool isOld)
    {
        text.Append($"[{path.Replace("HKLM", "HKEY_LOCAL_MACHINE", StringComparison.OrdinalIgnoreCase)}]\r\n");
        foreach ((string name, RegistryValue value) in registry.Values(path) ?? [])
        {
            text.Append(Wrapped($"{(name.Length == 0 ? "@" : Quoted(name))}={Data(value, isOld)}")).Append("\r\n");
        }

        text.Append("\r\n");
        foreach (string child in registry.SubKeyNames(path) ?? [])
        {
            Write(registry, $@"{path}\{child}", text, isOld);
        }
    }

    private static string Data(RegistryValue value, bool isOld)
    {
        Encoding encoding = isOld ? Encoding.Latin1 : Encoding.Unicode;
        return value.Data switch
        {
            string text when value.Kind == RegistryValueKind.String => Quoted(text),
            string text => $"hex(2):{Hex(encoding.GetBytes(text + "\0"))}",
            string[] list => $"hex(7):{Hex(encoding.GetBytes(string.Concat(list.Select(t => t + "\0")) + "\0"))}",
            int number => $"dword:{number:x8}",
            long number => $"hex(b):{Hex(BitConverter.GetBytes(number))}",
            byte[] bytes => $"{(value.Kind == RegistryValueKind.Binary ? "hex" : "hex(0)")}:{Hex(bytes)}",
            _ => throw new LabRefusalException($"regedit with {value.TypeName}"),
        };
    }

    private static string Hex(byte[] bytes) => string.Join(',', bytes.Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));

    private static string Quoted(string text) => $"\"{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    // Bytes go on in the next line, behind a backslash.
    private static string Wrapped(string line)
    {
        if (line.Length <= MaxLine || !line.Contains("=hex", StringComparison.Ordinal))
        {
            return line;
        }

        StringBuilder text = new();
        int length = 0;
        foreach (string part in line.Split(','))
        {
            if (length > 0)
            {
                text.Append(',');
                length++;
                if (length + part.Length > MaxLine - 4)
                {
                    text.Append("\\\r\n  ");
                    length = 2;
                }
            }

            text.Append(part);
            length += part.Length;
        }

        return text.ToString();
    }

    private static ProgramResult Import(Machine machine, string file, ProgramContext context)
    {
        string[] lines = [.. machine.Files.ReadText(file).Split('\n').Select(l => l.Trim())];
        if (!context.IsAdmin || lines[0] is not (Own or Old))
        {
            return new(1, "");
        }

        string? key = null;
        foreach (string line in lines.Skip(1).Where(l => l.Length > 0))
        {
            if (line[0] == '[' && line[^1] == ']' && line[1] != '-')
            {
                key = Short(line[1..^1]);
                machine.Registry.CreateKey(key);
            }
            else if (key is not null && System.Text.RegularExpressions.Regex.Match(line, """^"([^"\\]+)"="([^"\\]*)"$""") is { Success: true } match)
            {
                machine.Registry.SetValue(key, match.Groups[1].Value, RegistryValue.Sz(match.Groups[2].Value));
            }
            else
            {
                throw new LabRefusalException($"regedit /s with '{line}'");
            }
        }

        return new(0, "");
    }

    private static string Short(string key) => key.Replace("HKEY_LOCAL_MACHINE", "HKLM", StringComparison.OrdinalIgnoreCase);
}
