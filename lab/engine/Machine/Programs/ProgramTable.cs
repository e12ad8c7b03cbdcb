namespace Firebreak.Lab.Machines;

/// <summary>Finds and runs the programs of a machine, from wherever they are started. What is not emulated fails loudly.</summary>
public sealed class ProgramTable
{
    private const int UnhandledException = unchecked((int)0xE0434352);
    private readonly string[] _folders;
    private readonly Machine _machine;
    private readonly Dictionary<string, ILabProgram> _programs;

    internal ProgramTable(Machine machine, IReadOnlyDictionary<string, ILabProgram> programs)
    {
        _machine = machine;
        OsIdentity os = machine.Os;
        _folders = [os.System32, os.SystemRoot, os.System32 + @"\Wbem", os.System32 + @"\WindowsPowerShell\v1.0"];
        _programs = new(programs, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether a program name or path leads to a file that can be started.</summary>
    public bool CanResolve(string path, string? currentDirectory = null) => Resolve(path, currentDirectory) is not null;

    /// <summary>Full path of the program (name with or without .exe, searched as Windows does), or null.</summary>
    public string? Resolve(string path, string? currentDirectory = null)
    {
        string expanded = _machine.Files.Expand(path).Replace('/', '\\');
        string[] names = Path.GetExtension(expanded.Split('\\')[^1]).ToLowerInvariant() is ".exe" or ".com" or ".cmd" or ".bat"
            ? [expanded]
            : [expanded + ".exe", expanded + ".cmd", expanded + ".bat"];
        string current = string.IsNullOrEmpty(currentDirectory) ? _folders[0] : currentDirectory;
        IEnumerable<string> folders = expanded.Contains('\\', StringComparison.Ordinal) ? [current] : [current, .. _folders];
        foreach (string folder in folders)
        {
            foreach (string name in names)
            {
                try
                {
                    string full = _machine.Files.Normalize(name, folder);
                    if (_machine.Files.Get(full) is { IsFolder: false } file)
                    {
                        return file.Path;
                    }
                }
                catch (Exception e) when (e is IOException or ArgumentException)
                {
                    return null;
                }
            }
        }

        return null;
    }

    /// <summary>Runs a program to its end on this thread.</summary>
    /// <exception cref="LabWin32Exception">2: no such program; 193: not a program the lab can run; 1115: the machine is going down.</exception>
    public ProgramResult Run(string path, IReadOnlyList<string> arguments, ProgramContext context)
    {
        (LabProcess process, Func<ProgramResult> body) = Prepare(path, arguments, context);
        _ = process;
        return body();
    }

    /// <summary>Starts a program on a thread of its own.</summary>
    /// <exception cref="LabWin32Exception">As <see cref="Run"/>.</exception>
    public RunningProgram Start(string path, IReadOnlyList<string> arguments, ProgramContext context)
    {
        (LabProcess process, Func<ProgramResult> body) = Prepare(path, arguments, context);
        return new(process, Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    /// <summary>Starts a whole command line (a task's, Win32_Process.Create's).</summary>
    /// <exception cref="LabWin32Exception">As <see cref="Run"/>.</exception>
    public RunningProgram StartCommandLine(string commandLine, ProgramContext context)
    {
        (string program, string rest) = CommandLine.SplitProgram(commandLine);
        return Start(program, CommandLine.Split(rest), context with { RawArguments = rest });
    }

    private static bool IsBatch(string name) => name.EndsWith(".cmd", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".bat", StringComparison.OrdinalIgnoreCase);

    private (LabProcess Process, Func<ProgramResult> Body) Prepare(string path, IReadOnlyList<string> arguments, ProgramContext context)
    {
        if (_machine.Power.State is PowerState.ShuttingDown or PowerState.Off)
        {
            throw new LabWin32Exception(1115, "A system shutdown is in progress.");
        }

        context = context.CurrentDirectory.Length > 0 ? context : context with { CurrentDirectory = _folders[0] };
        string full = Resolve(path, context.CurrentDirectory) ?? throw new LabWin32Exception(2, "The system cannot find the file specified.");
        string name = full[(full.LastIndexOf('\\') + 1)..];
        if (!_programs.TryGetValue(full, out ILabProgram? program))
        {
            if (IsBatch(name) && Resolve("cmd.exe") is { } shell)
            {
                string rest = context.RawArguments ?? CommandLine.Join(arguments);
                return Prepare(shell, ["/c", full, .. arguments], context with { RawArguments = $"/c \"\"{full}\" {rest}\"" });
            }

            program = ProgramCatalog.Carried(_machine, full);
        }

        if (program is null)
        {
            throw new LabWin32Exception(193, $"the lab has no program behind {full}");
        }

        string commandLine = CommandLine.Quote(full) + (arguments.Count > 0 ? " " + (context.RawArguments ?? CommandLine.Join(arguments)) : "");
        LabProcess process = _machine.Processes.Add(name, full, commandLine, context.Account, context.ParentProcessId, out CancellationToken ended);
        CancellationToken power = _machine.Power.Token;
        string argumentText = context.RawArguments ?? CommandLine.Join(arguments);
        _machine.History.Add("program-start", ("path", full), ("arguments", argumentText), ("account", context.Account), ("pid", process.Id), ("parent", process.ParentId));
        return (process, Body);

        ProgramResult Body()
        {
            using CancellationTokenRegistration givenUp = context.Cancellation.Register(() => _machine.Processes.Kill(process.Id));
            ProgramResult result;
            try
            {
                result = program.Run(_machine, arguments, context with { Cancellation = ended, Job = context.Cancellation, ProcessId = process.Id });
            }
            catch (OperationCanceledException)
            {
                result = new(power.IsCancellationRequested ? -1 : 1);
            }
            catch (LabRefusalException refusal)
            {
                result = new(LabRefusalException.ExitCode, "", refusal.Message + "\r\n");
            }

            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                result = new(1, "", e.Message + "\r\n");
            }
            catch (Exception e)
            {
                // A bug of the lab or of the engine: seen, and the process is gone, as with a real program that breaks.
                result = new(UnhandledException, "", $"Unhandled exception: {e}\r\n");
            }

            _machine.Processes.Exit(process.Id);
            _machine.History.Add("program", ("path", full), ("arguments", argumentText), ("account", context.Account), ("exitCode", power.IsCancellationRequested ? null : (object)result.ExitCode), ("pid", process.Id));
            return result;
        }
    }
}
