namespace Firebreak.Lab.Machines;

/// <summary>cmd.exe /c: the small interpreter for detached jobs.</summary>
internal sealed class CmdProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        string text = (context.RawArguments ?? CommandLine.Join(arguments)).Trim();
        while (text.StartsWith('/'))
        {
            string option = text[..Math.Min(2, text.Length)].ToLowerInvariant();
            text = text[option.Length..].TrimStart();
            switch (option)
            {
                case "/c":
                    return new CmdInterpreter(machine, context).RunWhole(Unquote(text));
                case "/d" or "/s" or "/q":
                    break;
                default:
                    throw new LabRefusalException($"cmd {option}");
            }
        }

        throw new LabRefusalException("cmd but for /c");
    }

    /// <summary>One pair of outer quotes goes, as cmd does unless the whole is one quoted program name.</summary>
    private static string Unquote(string text) =>
        text.Length > 1 && text[0] == '"' && text[^1] == '"' && (text.AsSpan(1, text.Length - 2).Contains('"') || text.AsSpan().IndexOfAny("&<>()@^|") >= 0 || text.Contains(' ', StringComparison.Ordinal))
            ? text[1..^1]
            : text;
}
