using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>
/// Whose machine a runspace is on, and as whom: what the process hosting PowerShell would be on Windows. Providers,
/// cmdlets and mapped .NET types find it through the runspace of their thread.
/// </summary>
internal sealed class SessionContext
{
    private static readonly ConditionalWeakTable<PSSenderInfo, SessionContext> Senders = [];
    private static readonly ConditionalWeakTable<Runspace, SessionContext> Runspaces = [];
    private readonly CancellationTokenSource _left = new();
    private bool _isElsewhere;

    /// <summary>Makes the context of one PowerShell process.</summary>
    /// <param name="machine">The machine; it must have PowerShell.</param>
    /// <param name="program">Who runs it.</param>
    /// <param name="processId">Its process on the machine.</param>
    /// <param name="isRemote">A remoting session, not powershell.exe.</param>
    public SessionContext(Machine machine, ProgramContext program, int processId, bool isRemote)
        : this(machine, program, machine.PowerShell ?? throw new LabRefusalException("PowerShell on " + machine.Host))
    {
        ProcessId = processId;
        IsRemote = isRemote;
    }

    // Without a process of its own: what a service of the machine does for a caller from another one.
    private SessionContext(Machine machine, ProgramContext program, PowerShellProfile? profile)
    {
        Machine = machine;
        Program = program;
        Files = new FileView(machine, program);
        PSVersion = Version.Parse(profile?.Version ?? "0.0");
        Edition = profile?.Edition ?? "";
        Culture = CultureInfo.GetCultureInfo(machine.Os.Culture);
        Environment = new(machine.EnvironmentOf(program.Account), StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in program.Environment ?? new Dictionary<string, string>())
        {
            Environment[name] = value;
        }
    }

    /// <summary>The context of the runspace that runs on this thread.</summary>
    /// <exception cref="LabRefusalException">This thread belongs to no machine.</exception>
    public static SessionContext Current => Find(Runspace.DefaultRunspace) ?? throw new LabRefusalException("machine for this thread");

    /// <summary>A caller on another machine (or this one again), which needs no PowerShell.</summary>
    public static SessionContext On(RemoteGrant grant) => new(grant.Target, grant.Context, grant.Target.PowerShell) { _isElsewhere = true };

    /// <summary>Whether privileges are enabled: a caller from elsewhere must ask for that, one at home has those of its process.</summary>
    public bool HasPrivileges { get; init; } = true;

    /// <summary>The same, with privileges enabled or not.</summary>
    public SessionContext With(bool privileges) => _isElsewhere ? new(Machine, Program, Machine.PowerShell) { _isElsewhere = true, HasPrivileges = privileges } : this;

    /// <summary>The machine.</summary>
    public Machine Machine { get; }

    /// <summary>Who runs it: account, rights, kind of logon.</summary>
    public ProgramContext Program { get; }

    /// <summary>Files as this process sees them: the machine's, and other machines' shares.</summary>
    public FileView Files { get; }

    /// <summary>Account name, HOST\user.</summary>
    public string Account => Program.Account;

    /// <summary>Process on the machine.</summary>
    public int ProcessId { get; }

    /// <summary>Whether it is a remoting session.</summary>
    public bool IsRemote { get; }

    /// <summary>What limits the session; null = nothing.</summary>
    public SessionConfigurationProfile? Configuration { get; init; }

    /// <summary>Name of the host in the lab.</summary>
    public string HostName => Machine.Host;

    /// <summary>Version of PowerShell that the machine has.</summary>
    public Version PSVersion { get; }

    /// <summary>Desktop or Core.</summary>
    public string Edition { get; }

    /// <summary>The machine's culture.</summary>
    public CultureInfo Culture { get; }

    /// <summary>Where the client is, for a remoting session.</summary>
    public string? ClientAddress { get; set; }

    /// <summary>The boxed exit code of the last program that ran in the foreground.</summary>
    public object? LastProgramExit { get; set; }

    /// <summary>The process's environment variables.</summary>
    public ConcurrentDictionary<string, string> Environment { get; }

    /// <summary>Cancelled when the process ends.</summary>
    public CancellationToken Ended => _left.Token;

    /// <summary>Local time of the machine.</summary>
    public DateTime Now => DateTime.SpecifyKind(Machine.LocalNow.DateTime, DateTimeKind.Local);

    /// <summary>The code page that Windows calls ANSI there.</summary>
    public System.Text.Encoding Ansi => System.Text.Encoding.GetEncoding(Culture.TwoLetterISOLanguageName == "ja" ? 932 : 1252);

    /// <summary>Lets the runspaces that the engine makes for this client find the context.</summary>
    public static void Bind(PSSenderInfo sender, SessionContext context) => Senders.Add(sender, context);

    /// <summary>Lets a runspace find the context.</summary>
    public static void Bind(Runspace runspace, SessionContext context) => Runspaces.AddOrUpdate(runspace, context);

    /// <summary>The context made for a client.</summary>
    public static SessionContext Of(PSSenderInfo sender) =>
        Senders.TryGetValue(sender, out SessionContext? context) ? context : throw new LabRefusalException("machine for this client");

    /// <summary>The context of a runspace, or null.</summary>
    public static SessionContext? Find(Runspace? runspace)
    {
        if (runspace is null)
        {
            return null;
        }
        if (Runspaces.TryGetValue(runspace, out SessionContext? known))
        {
            return known;
        }
        // The engine makes a client's runspaces itself; what it leaves in them of ours is the client's description.
        object? sender = runspace.ExecutionContext?.EngineSessionState?.GlobalScope?.GetVariable("PSSenderInfo")?.Value;
        if (PSObject.Base(sender) is PSSenderInfo info && Senders.TryGetValue(info, out SessionContext? context))
        {
            Bind(runspace, context);
            return context;
        }
        return null;
    }

    /// <summary>The current folder of the session on this thread.</summary>
    public string CurrentDirectory
    {
        get
        {
            SessionStateInternal? state = Runspace.DefaultRunspace?.ExecutionContext?.EngineSessionState;
            string? path = state?.GetNamespaceCurrentLocation("FileSystem")?.ProviderPath;
            return path is { Length: >= 2 } && path[1] == ':' ? path : @"C:\Windows\System32";
        }
    }

    // The current folder, which a program cannot have where it is on another machine.
    private static string Location
    {
        get
        {
            string? path = Runspace.DefaultRunspace?.ExecutionContext?.EngineSessionState?.GetNamespaceCurrentLocation("FileSystem")?.ProviderPath;
            return path is { Length: >= 2 } && (path[1] == ':' || path.StartsWith(@"\\", StringComparison.Ordinal)) ? path : @"C:\Windows\System32";
        }
    }

    /// <summary>What a program started from here gets.</summary>
    public ProgramContext ForChild(CancellationToken cancellation = default) => Program with
    {
        CurrentDirectory = _isElsewhere ? "" : CurrentDirectory,
        ParentProcessId = _isElsewhere ? Program.ParentProcessId : ProcessId,
        Environment = new Dictionary<string, string>(Environment, StringComparer.OrdinalIgnoreCase),
        Cancellation = cancellation,
        RawArguments = null,
        Console = null,
        ProcessId = 0,
    };

    /// <summary>A full path of the machine; relative ones are below the session's current folder.</summary>
    public string FullPath(string path) => Files.Normalize(path, Location);

    /// <summary>The process has ended.</summary>
    public void Leave()
    {
        Machine.Processes.Exit(ProcessId);
        _left.Cancel();
    }
}
