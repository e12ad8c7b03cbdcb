using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_NTLogEvent: the log System, newest first. Messages are not rendered.</summary>
internal sealed class LogEventClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_NTLogEvent";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["Logfile", "RecordNumber"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context)
    {
        Machine machine = context.Machine;
        return machine.EventLog.IsRunning ? machine.EventLog.Entries.Reverse().Select(e => Row(machine, e)) : throw WmiException.Failed();
    }

    private static IReadOnlyList<(string Name, object? Value)> Row(Machine machine, EventEntry entry) =>
    [
        ("Category", (ushort)0),
        ("CategoryString", null),
        ("ComputerName", machine.Name),
        ("Data", null),
        ("EventCode", (ushort)entry.Id),
        ("EventIdentifier", entry.InstanceId),
        ("EventType", (byte)(entry.Kind switch { "error" => 1, "warning" => 2, _ => 3 })),
        ("InsertionStrings", entry.Strings.Count == 0 ? null : entry.Strings.ToArray()),
        ("Logfile", "System"),
        ("Message", null),
        ("RecordNumber", (uint)entry.Record),
        ("SourceName", entry.Source),
        ("TimeGenerated", entry.At.ToOffset(machine.Os.UtcOffset)),
        ("TimeWritten", entry.At.ToOffset(machine.Os.UtcOffset)),
        ("Type", entry.Kind),
        ("User", null),
    ];
}
