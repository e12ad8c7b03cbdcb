using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>A command of cmd with its redirections taken out.</summary>
internal sealed record CmdRedirection(string Command, string? Output, bool Append, string? Error, bool ErrorToOutput)
{
    public static CmdRedirection Parse(string command)
    {
        StringBuilder plain = new();
        string? output = null;
        string? error = null;
        bool append = false;
        bool merge = false;
        bool quoted = false;
        for (int i = 0; i < command.Length; i++)
        {
            char c = command[i];
            quoted ^= c == '"';
            if (quoted || c is not ('>' or '<'))
            {
                plain.Append(c);
                continue;
            }

            if (c == '<')
            {
                throw new LabRefusalException("input redirection in cmd");
            }

            bool fromError = plain.Length > 0 && plain[^1] is '1' or '2' && (plain.Length == 1 || plain[^2] is ' ' or ')') && plain[^1] == '2';
            if (plain.Length > 0 && plain[^1] is '1' or '2' && (plain.Length == 1 || plain[^2] == ' '))
            {
                plain.Length--;
            }

            bool twice = i + 1 < command.Length && command[i + 1] == '>';
            i += twice ? 2 : 1;
            if (i + 1 < command.Length && command[i] == '&' && command[i + 1] == '1')
            {
                merge = fromError ? true : throw new LabRefusalException("this redirection in cmd");
                i++;
                continue;
            }

            (string target, string rest) = CommandLine.SplitProgram(command[i..]);
            if (fromError)
            {
                error = target;
            }
            else
            {
                output = target;
                append = twice;
            }

            plain.Append(' ');
            command = rest;
            i = -1;
        }

        return new(plain.ToString().Trim(), output, append, error, merge);
    }
}
