using System.Management.Automation;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;
using Microsoft.PowerShell.Commands;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.Diagnostics.Process] on a machine.</summary>
public sealed class LabProcessObject : IDisposable
{
    private readonly Machine _machine;
    private readonly LabProcess _process;
    private readonly Task<ProgramResult>? _completion;

    internal LabProcessObject(RunningProgram program)
        : this(program.Process) => _completion = program.Completion;

    internal LabProcessObject(LabProcess process)
    {
        _machine = SessionContext.Current.Machine;
        _process = process;
    }

    /// <summary>Its id.</summary>
    public int Id => _process.Id;

    /// <summary>Its name without .exe.</summary>
    public string ProcessName => ProcessChoice.ShortName(_process);

    /// <summary>Full path of its image.</summary>
    public string? Path => _process.Path;

    /// <summary>Terminal session.</summary>
    public int SessionId => _process.SessionId;

    /// <summary>.</summary>
    public string MachineName => ".";

    /// <summary>Local time of its start.</summary>
    public DateTime StartTime => DateTime.SpecifyKind(_process.StartedAt.ToOffset(_machine.Os.UtcOffset).DateTime, DateTimeKind.Local);

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _completion?.IsCompleted ?? !Alive;

    /// <summary>Exit code; only of a process that this session started, as without an open handle on Windows.</summary>
    public int? ExitCode => _completion is { IsCompleted: true } ended ? ended.Result.ExitCode
        : HasExited ? null : throw new InvalidOperationException("Process must exit before requested information can be determined.");

    private bool Alive => _machine.Processes.Get(Id) is { } now && now.StartedAt == _process.StartedAt;

    /// <summary>A process by id.</summary>
    public static LabProcessObject GetProcessById(int processId) => new(
        SessionContext.Current.Machine.Processes.Get(processId) ?? throw new ArgumentException($"Process with an Id of {processId} is not running."));

    /// <summary>Processes by name without .exe.</summary>
    public static LabProcessObject[] GetProcessesByName(string processName) =>
        [.. GetProcesses().Where(p => p.ProcessName.Equals(processName, StringComparison.OrdinalIgnoreCase))];

    /// <summary>All processes.</summary>
    public static LabProcessObject[] GetProcesses() => [.. SessionContext.Current.Machine.Processes.All.Select(p => new LabProcessObject(p))];

    /// <summary>The session's own process.</summary>
    public static LabProcessObject GetCurrentProcess() => GetProcessById(SessionContext.Current.ProcessId);

    /// <summary>Starts a program.</summary>
    public static LabProcessObject Start(string fileName) => Start(fileName, "");

    /// <summary>Starts a program.</summary>
    public static LabProcessObject Start(string fileName, string arguments)
    {
        SessionContext context = SessionContext.Current;
        try
        {
            return new LabProcessObject(context.Machine.Programs.StartCommandLine((CommandLine.Quote(fileName) + " " + arguments).TrimEnd(), context.ForChild()));
        }
        catch (LabWin32Exception error)
        {
            throw new System.ComponentModel.Win32Exception(error.Code, error.Message);
        }
    }

    /// <summary>Ends it.</summary>
    public void Kill() => _machine.Processes.Kill(Id);

    /// <summary>Waits for its end.</summary>
    public void WaitForExit() => WaitForExit(-1);

    /// <summary>Waits for its end so many milliseconds.</summary>
    public bool WaitForExit(int milliseconds)
    {
        if (_completion is not null)
        {
            return _completion.Wait(milliseconds);
        }
        DateTimeOffset deadline = milliseconds < 0 ? DateTimeOffset.MaxValue : _machine.Clock.UtcNow + TimeSpan.FromMilliseconds(milliseconds);
        while (Alive)
        {
            if (_machine.Clock.UtcNow >= deadline)
            {
                return false;
            }
            Thread.Sleep(20);
        }
        return true;
    }

    /// <summary>Reads the state again: the lab always does.</summary>
    public void Refresh()
    {
    }

    /// <summary>Nothing is held open in the lab.</summary>
    public void Close()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>The object as PowerShell shows it.</summary>
    internal static PSObject Describe(LabProcess process) => Describe(new LabProcessObject(process));

    /// <summary>The object as PowerShell shows it.</summary>
    internal static PSObject Describe(LabProcessObject process)
    {
        var result = new PSObject(process);
        result.Properties.Add(new PSAliasProperty("Name", "ProcessName"));
        result.TypeNames.Insert(0, "System.Diagnostics.Process#Lab");
        return result;
    }

    /// <inheritdoc/>
    public override string ToString() => $"System.Diagnostics.Process ({ProcessName})";
}
