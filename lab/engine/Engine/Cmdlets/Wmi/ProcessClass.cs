using System.Globalization;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_Process.</summary>
internal sealed class ProcessClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_Process";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["Handle"];

    /// <inheritdoc/>
    public override IReadOnlyList<WmiMethod> Methods { get; } =
    [
        new("Create", ["CommandLine", "CurrentDirectory", "ProcessStartupInformation"], (context, _, arguments) => Create(context, arguments)),
        new("Terminate", ["Reason"], (context, process, _) => Terminate(context, process)),
        new("GetOwner", [], (context, process, _) => Owner(context, process)),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context) =>
        context.Machine.Processes.All.Select(p => (IReadOnlyList<(string Name, object? Value)>)
        [
            ("Name", p.Name),
            ("Caption", p.Name),
            ("Description", p.Name),
            ("Handle", p.Id.ToString(CultureInfo.InvariantCulture)),
            ("ProcessId", (uint)p.Id),
            ("ParentProcessId", (uint)p.ParentId),
            ("SessionId", (uint)p.SessionId),
            ("ExecutablePath", p.Path),
            // Since XP.
            .. context.Machine.Os.Number > new Version(5, 0) ? [("CommandLine", p.CommandLine.Length == 0 ? null : p.CommandLine)] : Array.Empty<(string, object?)>(),
            ("CreationDate", p.StartedAt.ToOffset(context.Machine.Os.UtcOffset)),
            ("CSName", context.Machine.Name),
            ("OSName", context.Machine.Os.Caption),
            ("WindowsVersion", context.Machine.Os.Version),
        ]);

    private static WmiResult Create(SessionContext context, IReadOnlyDictionary<string, object?> arguments)
    {
        string line = Convert.ToString(arguments.GetValueOrDefault("CommandLine"), CultureInfo.InvariantCulture) ?? "";
        if (arguments.GetValueOrDefault("ProcessStartupInformation") is not null)
        {
            throw new LabRefusalException("Win32_ProcessStartup");
        }
        ProgramContext child = context.ForChild();
        if (arguments.GetValueOrDefault("CurrentDirectory") is string folder)
        {
            child = child with { CurrentDirectory = folder };
        }
        try
        {
            RunningProgram program = context.Machine.Programs.StartCommandLine(line, child);
            return new WmiResult([("ProcessId", (uint)program.Process.Id), ("ReturnValue", 0U)]);
        }
        catch (LabWin32Exception error)
        {
            // 9 path not found, 21 invalid parameter, 8 unknown failure
            return new WmiResult([("ProcessId", null), ("ReturnValue", error.Code switch { 2 => 9U, 87 => 21U, _ => 8U })]);
        }
    }

    private static WmiResult Terminate(SessionContext context, WmiInstance? process)
    {
        int id = IdOf(process);
        try
        {
            return WmiResult.Code(context.Machine.Processes.Kill(id) ? 0U : 9U);
        }
        catch (UnauthorizedAccessException)
        {
            return WmiResult.Code(2);
        }
    }

    private static WmiResult Owner(SessionContext context, WmiInstance? process)
    {
        string account = context.Machine.Processes.Get(IdOf(process))?.Account ?? "";
        int at = account.IndexOf('\\', StringComparison.Ordinal);
        return new WmiResult([("Domain", at < 0 ? null : account[..at]), ("User", account[(at + 1)..]), ("ReturnValue", account.Length == 0 ? 9U : 0U)]);
    }

    private static int IdOf(WmiInstance? process) => Convert.ToInt32(process?["ProcessId"] ?? throw WmiException.InvalidMethod(), CultureInfo.InvariantCulture);
}
