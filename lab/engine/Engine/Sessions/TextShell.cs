using System.Collections.Concurrent;
using System.Text;
using Firebreak.Lab.Engine.Wire;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>
/// A WinRS shell on a machine (winrshost.exe): commands run as programs of the machine, their text goes out as bytes of the
/// shell's code page while they run.
/// </summary>
internal sealed class TextShell
{
    // STATUS_CONTROL_C_EXIT.
    private const int ControlC = unchecked((int)0xC000013A);

    private readonly Machine _machine;
    private readonly ProgramContext _program;
    private readonly Encoding _encoding;
    private readonly WireWriter _wire;
    private readonly Action<TextShell> _gone;
    private readonly ConcurrentDictionary<Guid, TextCommand> _commands = new();
    private readonly Lock _sending = new();
    private bool _ended;

    /// <summary>Makes a shell.</summary>
    /// <param name="id">Its id on the wire.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="program">Its process: account, folder and variables of its commands.</param>
    /// <param name="encoding">Its code page.</param>
    /// <param name="wire">Where its events go.</param>
    /// <param name="gone">Called once when it has ended, for whatever reason.</param>
    public TextShell(Guid id, Machine machine, ProgramContext program, Encoding encoding, WireWriter wire, Action<TextShell> gone)
    {
        Id = id;
        _machine = machine;
        _program = program;
        _encoding = encoding;
        _wire = wire;
        _gone = gone;
    }

    /// <summary>The shell's id on the wire.</summary>
    public Guid Id { get; }

    /// <summary>Starts a command.</summary>
    /// <param name="id">The command's id on the wire.</param>
    /// <param name="line">The command with its arguments.</param>
    /// <param name="isProgram">The line names a program, and is no line for cmd.</param>
    /// <param name="hasInput">Standard input is a pipe; else a console where nobody types.</param>
    public void Start(Guid id, string line, bool isProgram, bool hasInput)
    {
        var command = new TextCommand(hasInput ? new ProgramInput(_encoding) : null);
        if (!_commands.TryAdd(id, command))
        {
            throw new WireError("lab.duplicate-command", $"the shell has a command {id} already");
        }
        ProgramContext context = _program with
        {
            ParentProcessId = _program.ProcessId,
            ProcessId = 0,
            Cancellation = command.Killed.Token,
            Console = new ProgramConsole((isError, text) => Send(id, isError, text), command.Input),
        };
        RunningProgram running;
        try
        {
            running = isProgram
                ? _machine.Programs.StartCommandLine(line, context)
                : _machine.Programs.Start("cmd.exe", ["/c", line], context with { RawArguments = "/c " + line });
        }
        catch (LabWin32Exception error)
        {
            _commands.TryRemove(id, out _);
            throw new WireError("lab.no-program", error.Message);
        }
        _ = running.Completion.ContinueWith(done => Finish(id, command, done.Result), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Hands over standard input; a command without a pipe, or one that has ended, takes none.</summary>
    public void Input(Guid id, byte[] data, bool isEnd)
    {
        if (_commands.TryGetValue(id, out TextCommand? command))
        {
            lock (command)
            {
                command.Input?.Add(data, isEnd);
            }
        }
    }

    /// <summary>Ends a command; one that has ended stays so.</summary>
    public void Signal(Guid id, bool isTerminate)
    {
        if (_commands.TryGetValue(id, out TextCommand? command))
        {
            command.IsInterrupted |= !isTerminate;
            // Cancelling may run what waits for it on this thread, which is the wire's.
            _ = Task.Run(command.Killed.Cancel);
        }
    }

    /// <summary>Ends the shell and what runs in it; nothing is sent any more but <c>session.closed</c>.</summary>
    public void End(string reason)
    {
        lock (_sending)
        {
            if (_ended)
            {
                return;
            }
            _ended = true;
            _wire.SessionClosed(Id, reason);
        }
        foreach (TextCommand command in _commands.Values)
        {
            _ = Task.Run(command.Killed.Cancel);
        }
        _machine.Processes.Exit(_program.ProcessId);
        _gone(this);
    }

    private void Finish(Guid id, TextCommand command, ProgramResult result)
    {
        Send(id, false, result.Output);
        Send(id, true, result.Error);
        lock (_sending)
        {
            _commands.TryRemove(id, out _);
            if (!_ended)
            {
                _wire.TextDone(Id, id, command.IsInterrupted ? ControlC : result.ExitCode);
            }
        }
    }

    private void Send(Guid id, bool isError, string text)
    {
        if (text.Length == 0)
        {
            return;
        }
        byte[] data = _encoding.GetBytes(text);
        lock (_sending)
        {
            if (!_ended)
            {
                _wire.TextData(Id, id, isError ? "stderr" : "stdout", data);
            }
        }
    }

    private sealed class TextCommand(ProgramInput? input)
    {
        public ProgramInput? Input { get; } = input;

        public CancellationTokenSource Killed { get; } = new();

        public bool IsInterrupted { get; set; }
    }
}
