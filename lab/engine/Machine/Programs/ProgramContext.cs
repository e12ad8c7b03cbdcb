namespace Firebreak.Lab.Machines;

/// <summary>Who runs a program, where, and until when.</summary>
public sealed record ProgramContext
{
    /// <summary>Account, e.g. NT AUTHORITY\SYSTEM or HOST\Administrator.</summary>
    public required string Account { get; init; }

    /// <summary>Whether it holds administrator rights.</summary>
    public required bool IsAdmin { get; init; }

    /// <summary>How the account logged on.</summary>
    public required LogonKind Logon { get; init; }

    /// <summary>Current folder; empty: the machine's System32.</summary>
    public string CurrentDirectory { get; init; } = "";

    /// <summary>Process that starts it.</summary>
    public int ParentProcessId { get; init; } = 640;

    /// <summary>Variables beside or instead of the system's.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Cancelled when the caller gives up; the process is killed then. The machine's own end is added to it.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Cancelled when the caller of the first program gives up: what all programs started from it die with, as in a job.</summary>
    public CancellationToken Job { get; init; }

    /// <summary>The arguments as written, where the caller had a command line; else null.</summary>
    public string? RawArguments { get; init; }

    /// <summary>The way to other machines, of the logon session that this process belongs to.</summary>
    public RemoteAccess Remote { get; init; } = new();

    /// <summary>Where its input and output go while it runs; null: it has no input, and its output is kept until its end.</summary>
    public ProgramConsole? Console { get; init; }

    /// <summary>Process id of the program itself, set when it runs.</summary>
    public int ProcessId { get; init; }

    /// <summary>The context of tasks and services: SYSTEM.</summary>
    public static ProgramContext System { get; } = new() { Account = @"NT AUTHORITY\SYSTEM", IsAdmin = true, Logon = LogonKind.System };
}
