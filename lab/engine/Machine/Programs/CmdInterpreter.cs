using System.Globalization;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>
/// A small cmd: sequence, &amp;, &amp;&amp;, ||, if [not] exist/errorlevel/defined/==, %variables%, %0 to %9 with ~f and ~dp, &gt; &gt;&gt; 2&gt; 2&gt;&amp;1,
/// labels and goto, echo, exit [/b], call of a file, set, cd, ver, date /t, time /t, dir of names, md, rd, del, copy, move, ren, type, rem, start [/b] [/wait], setlocal, programs. All else is refused.
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
    private bool _leftFile;
    private string? _goto;
    private string[] _arguments = [];
    private int _batchDepth;

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
            if (_exited || _leftFile || _goto is not null)
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
        // The file is there, and in use, for as long as the command runs.
        LabFileStream? file = redirection.Output is { } path && !path.Equals("nul", StringComparison.OrdinalIgnoreCase) ? Hold(path, redirection.Append, stderr) : null;
        if (file is null && redirection.Output is { } named && !named.Equals("nul", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        using (file)
        {
            Simple(redirection.Command, stdout, stderr);
            file?.Write(Encoding.UTF8.GetBytes(stdout.ToString()));
        }

        if (!redirection.ErrorToOutput)
        {
            Write(redirection.Error, false, stderr);
        }
    }

    private void If(string rest, StringBuilder output, StringBuilder error)
    {
        bool not = rest.StartsWith("not ", StringComparison.OrdinalIgnoreCase);
        rest = not ? rest[4..].TrimStart() : rest;
        bool ignoreCase = rest.StartsWith("/i ", StringComparison.OrdinalIgnoreCase);
        string comparison = ignoreCase ? rest[3..].TrimStart() : rest;
        if (System.Text.RegularExpressions.Regex.Match(comparison, """^("[^"]*"|[^\s"=]+)\s*==\s*("[^"]*"|[^\s"=]+)\s+(.*)$""") is { Success: true } equal)
        {
            bool same = equal.Groups[1].Value.Equals(equal.Groups[2].Value, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
            if (same != not)
            {
                Command(equal.Groups[3].Value, output, error);
            }

            return;
        }

        (string kind, string tail) = CommandLine.SplitProgram(rest);
        (string operand, string command) = CommandLine.SplitProgram(tail);
        bool holds = kind.ToLowerInvariant() switch
        {
            "exist" => Exists(operand),
            "errorlevel" when int.TryParse(operand, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int level) => _errorLevel >= level,
            "defined" => _variables.ContainsKey(operand),
            _ => throw new LabRefusalException($"cmd condition in 'if {rest}'"),
        };
        if (holds != not)
        {
            Command(command, output, error);
        }
    }

    // A pattern is no path: the folder alone is one.
    private FileEntry[] Matching(string path)
    {
        int end = path.LastIndexOf('\\');
        string folder = Full(end < 0 ? "." : path[..(end + 1)]);
        return _files.FolderExists(folder) ? [.. _files.List(folder).Where(f => Wildcard.Matches(path[(end + 1)..], f.Name))] : [];
    }

    private void Listing(string path, StringBuilder output, StringBuilder error)
    {
        bool isPattern = path.AsSpan().IndexOfAny("*?") >= 0;
        FileEntry[] found = Matching(!isPattern && _files.FolderExists(Full(path)) ? path.TrimEnd('\\') + @"\*" : path);
        foreach (FileEntry file in found)
        {
            output.Append(CultureInfo.InvariantCulture, $"{file.Modified:MM/dd/yyyy  hh:mm}{(file.Modified.Hour < 12 ? 'a' : 'p')} {(file.IsFolder ? "<DIR>         " : $"{file.Size,14:N0}")} {file.Name}\r\n");
        }

        Check(found.Length > 0, "File Not Found", error);
    }

    // A trailing \ or \nul asks for a folder.
    private bool Exists(string path)
    {
        try
        {
            if (path.AsSpan().IndexOfAny("*?") >= 0)
            {
                return Matching(path).Length > 0;
            }

            string plain = path.EndsWith(@"\nul", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
            FileEntry? found = _files.Get(Full(plain.TrimEnd('\\') is { Length: > 2 } name ? name : plain));
            return found is not null && (found.IsFolder || !plain.EndsWith('\\'));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
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
                    _exited = codes.Length == words.Count || _batchDepth == 0;
                    _leftFile = !_exited;
                    break;
                case "goto" when words.Count == 1 && _batchDepth > 0:
                    _goto = words[0].TrimStart(':');
                    return;
                case "setlocal" or "endlocal" when words.Count == 0:
                    // Variables set in the file are not seen behind it here either way: nothing is behind it.
                    return;
                case "rd" or "rmdir":
                    bool tree = words.Contains("/s", StringComparer.OrdinalIgnoreCase);
                    string[] folders = [.. words.Where(w => w[0] != '/')];
                    if (folders.Length != 1 || (tree && !words.Contains("/q", StringComparer.OrdinalIgnoreCase)))
                    {
                        throw new LabRefusalException($"cmd command '{command}'");
                    }

                    string gone = Full(folders[0]);
                    Check(_files.FolderExists(gone) && _files.Delete(gone, tree), "The system cannot find the file specified.", error);
                    break;
                case "start":
                    StartProgram(rest, command, error);
                    break;
                case "set" when !rest.StartsWith('/') && rest.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals:
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
                    output.Append(Version());
                    _errorLevel = 0;
                    break;
                case "date" when words is ["/t" or "/T"]:
                    output.Append(_machine.LocalNow.ToString("ddd MM/dd/yyyy", CultureInfo.InvariantCulture)).Append(" \r\n");
                    _errorLevel = 0;
                    break;
                case "time" when words is ["/t" or "/T"]:
                    output.Append(_machine.LocalNow.ToString("hh:mm", CultureInfo.InvariantCulture)).Append(_machine.LocalNow.Hour < 12 ? "a \r\n" : "p \r\n");
                    _errorLevel = 0;
                    break;
                case "dir" when words.Count == 1 && words[0][0] != '/':
                    Listing(words[0], output, error);
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
                    _files.Copy(Full(from), Into(from, to), overwrite: true);
                    _errorLevel = 0;
                    break;
                case "move" when words.Where(w => w[0] != '/').ToArray() is [var from, var to]:
                    _files.Move(Full(from), Into(from, to), overwrite: true);
                    _errorLevel = 0;
                    break;
                case "ren" or "rename" when words is [var from, var to]:
                    string old = Full(from);
                    _files.Move(old, old[..(old.LastIndexOf('\\') + 1)] + to);
                    _errorLevel = 0;
                    break;
                case "call" when !rest.StartsWith(':'):
                    Command(rest, output, error);
                    break;
                case "echo" when verb == "echo":
                    throw new LabRefusalException("cmd command 'echo' without text");
                case "call" or "set" or "md" or "mkdir" or "type" or "copy" or "move" or "ren" or "rename" or "for" or "goto" or "pushd" or "popd" or "setlocal" or "endlocal" or "shift" or "dir" or "pause":
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
            Batch(path, words, output, error);
            return;
        }

        // Redirected output is not the watcher's, but what it types is still the program's.
        bool isWatched = _context.Console is not null && output == _output && error == _error;
        if (isWatched)
        {
            Flush();
        }

        ProgramConsole? console = isWatched ? _context.Console : _context.Console is { Input: { } input } ? new ProgramConsole(null, input) : null;
        ProgramResult result;
        try
        {
            // A program outlives the cmd that started it; only the end of the whole job ends both.
            RunningProgram running = _machine.Programs.Start(path, words, Child(rest) with { Console = console });
            running.Completion.Wait(_context.Cancellation);
            result = running.Completion.Result;
        }
        catch (LabWin32Exception e)
        {
            error.Append(e.Message).Append("\r\n");
            _errorLevel = e.Code == 193 ? LabRefusalException.ExitCode : 1;
            return;
        }

        output.Append(result.Output);
        error.Append(result.Error);
        _errorLevel = result.ExitCode;
    }

    private ProgramContext Child(string rawArguments) =>
        _context with { RawArguments = rawArguments, ParentProcessId = _context.ProcessId, ProcessId = 0, Environment = new Dictionary<string, string>(_variables, StringComparer.OrdinalIgnoreCase), Cancellation = _context.Job, Console = null };

    /// <summary>start ["title"] [/b] [/min] [/wait] [/dFOLDER] program arguments.</summary>
    private void StartProgram(string rest, string command, StringBuilder error)
    {
        bool isWaited = false;
        string left = rest;
        if (left.StartsWith('"'))
        {
            // The first quoted word is the title of the window.
            left = CommandLine.SplitProgram(left).Arguments;
        }

        while (left.StartsWith('/'))
        {
            (string option, string more) = CommandLine.SplitProgram(left);
            isWaited |= option.Equals("/wait", StringComparison.OrdinalIgnoreCase) || option.Equals("/w", StringComparison.OrdinalIgnoreCase);
            left = option.ToLowerInvariant() is "/b" or "/min" or "/wait" or "/w" ? more : throw new LabRefusalException($"cmd command '{command}'");
        }

        (string name, string arguments) = CommandLine.SplitProgram(left);
        string? path = name.Length > 0 ? _machine.Programs.Resolve(name, _context.CurrentDirectory) : null;
        if (path is null)
        {
            error.Append($"The system cannot find the file {name}.\r\n");
            _errorLevel = 9059;
            return;
        }

        RunningProgram running;
        try
        {
            running = _machine.Programs.Start(path, CommandLine.Split(arguments), Child(arguments));
        }
        catch (LabWin32Exception e)
        {
            error.Append(e.Message).Append("\r\n");
            _errorLevel = e.Code == 193 ? LabRefusalException.ExitCode : 1;
            return;
        }

        if (isWaited)
        {
            running.Completion.Wait(_context.Cancellation);
            _errorLevel = running.Completion.Result.ExitCode;
        }
    }

    // Lines are read from the file as they come to be run, as cmd does: a file that is gone ends the run.
    private void Batch(string path, IReadOnlyList<string> arguments, StringBuilder output, StringBuilder error)
    {
        string[] before = _arguments;
        _arguments = [path, .. arguments];
        _batchDepth++;
        try
        {
            string[] lines = [.. _files.ReadText(path).Split('\n').Select(l => l.Trim())];
            for (int at = 0; at < lines.Length && !_exited && !_leftFile; at++)
            {
                _context.Cancellation.ThrowIfCancellationRequested();
                string line = lines[at];
                if (line.Length > 0 && line[0] != ':' && !line.TrimStart('@').Equals("echo off", StringComparison.OrdinalIgnoreCase))
                {
                    Line(line, output, error);
                }

                if (_goto is { } label)
                {
                    _goto = null;
                    at = label.Equals("eof", StringComparison.OrdinalIgnoreCase) ? lines.Length : Array.FindIndex(lines, l => l.StartsWith(':') && l[1..].Split(' ')[0].Equals(label, StringComparison.OrdinalIgnoreCase));
                    if (at < 0)
                    {
                        error.Append("The system cannot find the batch label specified.\r\n");
                        _errorLevel = 1;
                        _exited = true;
                        return;
                    }
                }
            }

            _leftFile = false;
        }
        finally
        {
            _batchDepth--;
            _arguments = before;
        }
    }

    private string Version()
    {
        OsIdentity os = _machine.Os;
        string name = os.Number.Major == 4 ? "Windows NT" : os.Number == new Version(5, 0) ? "Microsoft Windows 2000" : os.Number == new Version(5, 1) ? "Microsoft Windows XP" : "Microsoft Windows";
        return os.Number.Major == 4
            ? $"\r\n{name} Version 4.0  \r\n\r\n"
            : $"\r\n{name} [Version {(os.Number == new Version(5, 0) ? os.Version.Replace("5.0.", "5.00.", StringComparison.Ordinal) : os.Version)}{(os.IsLegacy ? "" : $".{os.Ubr}")}]\r\n";
    }

    private void Check(bool done, string text, StringBuilder error)
    {
        _errorLevel = done ? 0 : 1;
        if (!done)
        {
            error.Append(text).Append("\r\n");
        }
    }

    /// <summary>Opens the file of a redirection; null: it cannot be had, and the command is not run.</summary>
    private LabFileStream? Hold(string path, bool append, StringBuilder error)
    {
        try
        {
            return _files.Open(Full(path), append ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.Append(e.Message).Append("\r\n");
            _last = _errorLevel = 1;
            return null;
        }
    }

    private void Write(string? path, bool append, StringBuilder text)
    {
        if (path is not null && !path.Equals("nul", StringComparison.OrdinalIgnoreCase))
        {
            _files.WriteText(Full(path), text.ToString(), append ? FileMode.Append : FileMode.Create);
        }
    }

    // A folder as the target takes the file under its own name.
    private string Into(string from, string to)
    {
        string full = Full(to);
        return _files.FolderExists(full) ? full.TrimEnd('\\') + "\\" + FilePath.Leaf(Full(from)) : full;
    }

    private string Argument(string form)
    {
        int index = form[^1] - '0';
        string value = index < _arguments.Length ? _arguments[index] : "";
        string full = form.Contains('~', StringComparison.Ordinal) && form.Length > 2 && value.Length > 0 ? Full(value) : value;
        return form[..^1] switch
        {
            "" or "~" => value,
            "~f" => full,
            "~dp" => full[..(full.LastIndexOf('\\') + 1)],
            "~n" => Path.GetFileNameWithoutExtension(FilePath.Leaf(full)),
            "~nx" => FilePath.Leaf(full),
            _ => throw new LabRefusalException($"cmd argument %{form}"),
        };
    }

    private string Full(string path) => _files.Normalize(path, _context.CurrentDirectory);

    private string Expand(string line)
    {
        string filled = _batchDepth == 0 ? line : System.Text.RegularExpressions.Regex.Replace(line, "%(~[a-z]*[0-9]|[0-9])", m => Argument(m.Groups[1].Value));
        filled = System.Text.RegularExpressions.Regex.Replace(filled, "%([A-Za-z_()][A-Za-z0-9_()]*)%", m => m.Groups[1].Value.ToLowerInvariant() switch
        {
            "errorlevel" => _errorLevel.ToString(CultureInfo.InvariantCulture),
            "cd" => _context.CurrentDirectory,
            "date" => _machine.LocalNow.ToString("ddd MM/dd/yyyy", CultureInfo.InvariantCulture),
            "time" => _machine.LocalNow.ToString("HH:mm:ss.ff", CultureInfo.InvariantCulture),
            string name => _variables.GetValueOrDefault(name, ""),
        });
        return _batchDepth == 0 ? filled : filled.Replace("%%", "%", StringComparison.Ordinal);
    }

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
