using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>find.exe "text" FILE: 0 found, 1 not found, 2 no such file. A quotation mark in the text is written twice.</summary>
internal sealed class FindProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        string raw = (context.RawArguments ?? "").Trim();
        bool ignoreCase = raw.StartsWith("/i ", StringComparison.OrdinalIgnoreCase);
        raw = ignoreCase ? raw[3..].TrimStart() : raw;
        if (raw.StartsWith('/'))
        {
            throw new LabRefusalException($"find {raw}");
        }

        if (raw.Length == 0 || raw[0] != '"')
        {
            return new(2, "FIND: Parameter format not correct\r\n");
        }

        StringBuilder text = new();
        int at = 1;
        for (; at < raw.Length && (raw[at] != '"' || (at + 1 < raw.Length && raw[at + 1] == '"')); at++)
        {
            text.Append(raw[at]);
            at += raw[at] == '"' ? 1 : 0;
        }

        string path = at < raw.Length ? raw[(at + 1)..].Trim().Trim('"') : "";
        if (path.Length == 0)
        {
            throw new LabRefusalException("find on its input");
        }

        string full = machine.Files.Normalize(path, context.CurrentDirectory);
        if (!machine.Files.FileExists(full))
        {
            return new(2, $"File not found - {path.ToUpperInvariant()}\r\n");
        }

        StringComparison comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        string[] found = [.. machine.Files.ReadText(full).Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Contains(text.ToString(), comparison))];
        StringBuilder output = new($"\r\n---------- {path.ToUpperInvariant()}\r\n");
        foreach (string line in found)
        {
            output.Append(line).Append("\r\n");
        }

        return new(found.Length > 0 ? 0 : 1, output.ToString());
    }
}
