using System.Globalization;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>
/// A small cmd: sequence, &amp;, &amp;&amp;, ||, if [not] exist/errorlevel, %variables%, &gt; &gt;&gt; 2&gt; 2&gt;&amp;1, echo, exit, call, set, cd, ver, md, del, copy, move, ren, type, rem, and programs. All else is refused.
/// </summary>
internal sealed class CmdInterpreter
{
    // CreateProcess and cmd take no longer line.
    private const int MaxLine = 8191;
    private readonly Machine _machine;
    private readonly FileView _files;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Dictionary<string, string> _variables;
    private ProgramContext _context;
    private int _errorLevel;

    // What the last command returned: decides && and || and is what cmd /c ends with. echo returns 0 but leaves ERRORLEVEL alone.
    private int _last;
    private bool _exited;

    public CmdInterpreter(Machine machine, ProgramContext context)
    {
        _machine = machine;
        _context = context;
        _files = new FileView(machine, context);
        _variables = new(machine.EnvironmentOf(context.Account).Concat(context.Environment ?? new Dictionary<string, string>()).GroupBy(v => v.Key, StringComparer.OrdinalIgnoreCase).Select(g => g.Last()), StringComparer.OrdinalIgnoreCase);
    }

    public ProgramResult RunWhole(string line)
    {
        if (line.Length > MaxLine)
        {
            return new(1, "", "The command line is too long.\r\n");
        }

        Line(line, _output, _error);
        return new(_last, _output.ToString(), _error.ToString());
    }

    /// <summary>Hands over what was written so far to who watches: a program is about to write there itself.</summary>
    private void Flush()
    {
        _context.Console?.Write(false, _output.ToString());
        _context.Console?.Write(true, _error.ToString());
        _output.Clear();
        _error.Clear();
    }

    private void Line(string line, StringBuilder output, StringBuilder error)
    {
        // Variables of a line are filled in before any of it runs: %errorlevel% in the same line is the old one, as in reality.
        string expanded = Expand(line);
        if (expanded.AsSpan().IndexOfAny("^()") >= 0 && HasOutsideQuotes(expanded, "^()"))
        {
            throw new LabRefusalException($"cmd syntax in '{line}'");
        }

        foreach ((string before, string command) in Split(expanded))
        {
            if (_exited)
            {
                return;
            }

            if ((before == "&&" && _last != 0) || (before == "||" && _last == 0))
            {
                continue;
            }

            Command(command.Trim(), output, error);
        }
    }

    private void Command(string command, StringBuilder output, StringBuilder error)
    {
        command = command.TrimStart('@').Trim();
        if (command.StartsWith("if ", StringComparison.OrdinalIgnoreCase))
        {
            If(command[3..].TrimStart(), output, error);
            return;
        }

        CmdRedirection redirection = CmdRedirection.Parse(command);
        StringBuilder stdout = redirection.Output is null ? output : new();
        StringBuilder stderr = redirection.ErrorToOutput ? stdout : redirection.Error is null ? error : new();
        Simple(redirection.Command, stdout, stderr);
        Write(redirection.Output, redirection.Append, stdout);
        if (!redirection.ErrorToOutput)
        {
            Write(redirection.Error, false, stderr);
        }
    }

    private void If(string rest, StringBuilder output, StringBuilder error)
    {
        bool not = rest.StartsWith("not ", StringComparison.OrdinalIgnoreCase);
        rest = not ? rest[4..].TrimStart() : rest;
        (string kind, string tail) = CommandLine.SplitProgram(rest);
        (string operand, string command) = CommandLine.SplitProgram(tail);
        bool holds = kind.ToLowerInvariant() switch
        {
            "exist" => _files.Get(_files.Normalize(operand, _context.CurrentDirectory)) is not null,
            "errorlevel" => _errorLevel >= int.Parse(operand, CultureInfo.InvariantCulture),
            _ => throw new LabRefusalException($"cmd condition in 'if {rest}'"),
        };
        if (holds != not)
        {
            Command(command, output, error);
        }
    }

    private void Simple(string command, StringBuilder output, StringBuilder error)
    {
        if (command.Length == 0)
        {
            return;
        }

        (string name, string rest) = CommandLine.SplitProgram(command);
        string verb = name.ToLowerInvariant();
        IReadOnlyList<string> words = CommandLine.Split(rest);
        try
        {
            switch (verb)
            {
                case "rem":
                    return;
                case "echo." or "echo" when verb == "echo." || rest.Length > 0:
                    output.Append(rest).Append("\r\n");
                    _last = 0;
                    return;
                case "exit":
                    string[] codes = [.. words.Where(w => !w.Equals("/b", StringComparison.OrdinalIgnoreCase))];
                    _errorLevel = codes.Length > 0 ? int.Parse(codes[0], CultureInfo.InvariantCulture) : _errorLevel;
                    _exited = true;
                    break;
                case "set" when rest.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals:
                    _variables[rest[..equals]] = rest[(equals + 1)..];
                    break;
                case "cd" or "chdir" when words.Count > 0:
                    string folder = Full(words[^1]);
                    Check(_files.FolderExists(folder), "The system cannot find the path specified.", error);
                    _context = _files.FolderExists(folder) ? _context with { CurrentDirectory = folder } : _context;
                    break;
                case "cd" or "chdir":
                    output.Append(_context.CurrentDirectory).Append("\r\n");
                    _errorLevel = 0;
                    break;
                case "ver":
                    output.Append($"\r\nMicrosoft Windows [Version {_machine.Os.Version}.{_machine.Os.Ubr}]\r\n");
                    _errorLevel = 0;
                    break;
                case "md" or "mkdir" when words.Count == 1:
                    Check(_files.CreateFolder(Full(words[0])), "A subdirectory or file already exists.", error);
                    break;
                case "del" or "erase":
                    foreach (string file in words.Where(w => w[0] != '/'))
                    {
                        _files.Delete(Full(file));
                    }

                    break;
                case "type" when words.Count == 1:
                    output.Append(_files.ReadText(Full(words[0])));
                    _errorLevel = 0;
                    break;
                case "copy" when words.Where(w => w[0] != '/').ToArray() is [var from, var to]:
                    _files.Copy(Full(from), Full(to), overwrite: true);
                    _errorLevel = 0;
                    break;
                case "move" when words.Where(w => w[0] != '/').ToArray() is [var from, var to]:
                    _files.Move(Full(from), Full(to), overwrite: true);
                    _errorLevel = 0;
                    break;
                case "ren" or "rename" when words is [var from, var to]:
                    string old = Full(from);
                    _files.Move(old, old[..(old.LastIndexOf('\\') + 1)] + to);
                    _errorLevel = 0;
                    break;
                case "call":
                    Command(rest, output, error);
                    break;
                case "echo" or "set" or "md" or "mkdir" or "type" or "copy" or "move" or "ren" or "rename" or "for" or "goto" or "start" or "pushd" or "popd" or "setlocal" or "endlocal" or "shift" or "rd" or "rmdir" or "dir" or "pause":
                    throw new LabRefusalException($"cmd command '{command}'");
                default:
                    External(name, words, rest, output, error);
                    break;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.Append(e.Message).Append("\r\n");
            _errorLevel = 1;
        }

        _last = _errorLevel;
    }

    private void External(string name, IReadOnlyList<string> words, string rest, StringBuilder output, StringBuilder error)
    {
        string? path = _machine.Programs.Resolve(name, _context.CurrentDirectory);
        if (path is null)
        {
            error.Append($"'{name}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n");
            _errorLevel = 9009;
            return;
        }

        if (path.EndsWith(".cmd", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".bat", StringComparison.OrdinalIgnoreCase))
        {
            Batch(path, output, error);
            return;
        }

        // Redirected output is not the watcher's, but what it types is still the program's.
        bool isWatched = _context.Console is not null && output == _output && error == _error;
        if (isWatched)
        {
            Flush();
        }

        ProgramConsole? console = isWatched ? _context.Console : _context.Console is { Input: { } input } ? new ProgramConsole(null, input) : null;
        ProgramResult result = _machine.Programs.Run(path, words, _context with { RawArguments = rest, ParentProcessId = _context.ProcessId, ProcessId = 0, Environment = _variables, Console = console });
        _context.Cancellation.ThrowIfCancellationRequested();
        output.Append(result.Output);
        error.Append(result.Error);
        _errorLevel = result.ExitCode;
    }

    private void Batch(string path, StringBuilder output, StringBuilder error)
    {
        foreach (string line in _files.ReadText(path).Split('\n').Select(l => l.Trim()))
        {
            if (_exited)
            {
                break;
            }

            if (line.Equals("@echo off", StringComparison.OrdinalIgnoreCase) || line.Length == 0)
            {
                continue;
            }

            Line(line, output, error);
        }

        // exit in a batch file ends the whole cmd /c, exit /b only the file: here there is nothing behind it.
    }

    private void Check(bool done, string text, StringBuilder error)
    {
        _errorLevel = done ? 0 : 1;
        if (!done)
        {
            error.Append(text).Append("\r\n");
        }
    }

    private void Write(string? path, bool append, StringBuilder text)
    {
        if (path is not null && !path.Equals("nul", StringComparison.OrdinalIgnoreCase))
        {
            _files.WriteText(Full(path), text.ToString(), append ? FileMode.Append : FileMode.Create);
        }
    }

    private string Full(string path) => _files.Normalize(path, _context.CurrentDirectory);

    private string Expand(string line) => System.Text.RegularExpressions.Regex.Replace(line, "%([A-Za-z_()][A-Za-z0-9_()]*)%", m =>
        m.Groups[1].Value.Equals("errorlevel", StringComparison.OrdinalIgnoreCase) ? _errorLevel.ToString(CultureInfo.InvariantCulture) : _variables.GetValueOrDefault(m.Groups[1].Value, ""));

    private static bool HasOutsideQuotes(string text, string any)
    {
        bool quoted = false;
        foreach (char c in text)
        {
            quoted ^= c == '"';
            if (!quoted && any.Contains(c, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static List<(string Before, string Command)> Split(string line)
    {
        List<(string, string)> parts = [];
        StringBuilder current = new();
        string before = "";
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            quoted ^= c == '"';
            if (!quoted && c is ('&' or '|') && !(c == '&' && i > 0 && line[i - 1] == '>'))
            {
                bool twice = i + 1 < line.Length && line[i + 1] == c;
                if (c == '|' && !twice)
                {
                    throw new LabRefusalException("pipes in cmd");
                }

                parts.Add((before, current.ToString()));
                before = twice ? $"{c}{c}" : "&";
                current.Clear();
                i += twice ? 1 : 0;
            }
            else
            {
                current.Append(c);
            }
        }

        parts.Add((before, current.ToString()));
        return parts;
    }
}
