using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>Windows command lines: splitting and joining as the C runtime does.</summary>
public static class CommandLine
{
    /// <summary>Splits a whole command line; the first element is the program.</summary>
    public static IReadOnlyList<string> Split(string commandLine)
    {
        List<string> parts = [];
        int at = 0;
        while (Next(commandLine, ref at, out string part))
        {
            parts.Add(part);
        }

        return parts;
    }

    /// <summary>The program of a command line and the text after it.</summary>
    public static (string Program, string Arguments) SplitProgram(string commandLine)
    {
        int at = 0;
        return Next(commandLine, ref at, out string program) ? (program, commandLine[at..].TrimStart()) : ("", "");
    }

    /// <summary>Joins arguments so that <see cref="Split"/> gives them back.</summary>
    public static string Join(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    /// <summary>Quotes one argument if it needs it.</summary>
    public static string Quote(string argument)
    {
        if (argument.Length > 0 && argument.AsSpan().IndexOfAny(" \t\"") < 0)
        {
            return argument;
        }

        StringBuilder text = new("\"");
        int slashes = 0;
        foreach (char c in argument)
        {
            if (c == '\\')
            {
                slashes++;
                continue;
            }

            text.Append('\\', c == '"' ? (2 * slashes) + 1 : slashes).Append(c);
            slashes = 0;
        }

        return text.Append('\\', 2 * slashes).Append('"').ToString();
    }

    private static bool Next(string line, ref int at, out string part)
    {
        while (at < line.Length && line[at] is ' ' or '\t')
        {
            at++;
        }

        StringBuilder text = new();
        bool quoted = false;
        bool any = at < line.Length;
        for (; at < line.Length && (quoted || line[at] is not (' ' or '\t')); at++)
        {
            int slashes = 0;
            while (at < line.Length && line[at] == '\\')
            {
                slashes++;
                at++;
            }

            bool quote = at < line.Length && line[at] == '"';
            text.Append('\\', quote ? slashes / 2 : slashes);
            if (quote && slashes % 2 == 1)
            {
                text.Append('"');
            }
            else if (quote)
            {
                quoted = !quoted;
            }
            else if (slashes > 0)
            {
                at--;
            }
            else
            {
                text.Append(line[at]);
            }
        }

        part = text.ToString();
        return any;
    }
}
