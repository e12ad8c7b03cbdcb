using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-EventLog: the log System of this or another machine, newest first. Messages are not rendered.</summary>
[Cmdlet(VerbsCommon.Get, "EventLog", DefaultParameterSetName = "LogName")]
public sealed class GetEventLogCommand : PSCmdlet
{
    /// <summary>Name of the log.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "LogName"), Alias("LN")]
    public string LogName { get; set; } = "";

    /// <summary>On which computer.</summary>
    [Parameter, Alias("Cn")]
    public string[]? ComputerName { get; set; }

    /// <summary>Only so many.</summary>
    [Parameter, ValidateRange(0, int.MaxValue)]
    public int? Newest { get; set; }

    /// <summary>Only later ones.</summary>
    [Parameter]
    public DateTime? After { get; set; }

    /// <summary>Only earlier ones.</summary>
    [Parameter]
    public DateTime? Before { get; set; }

    /// <summary>Only of these sources, with wildcards.</summary>
    [Parameter, Alias("ABO")]
    public string[]? Source { get; set; }

    /// <summary>Only with these identifiers.</summary>
    [Parameter(Position = 1, ParameterSetName = "LogName")]
    public long[]? InstanceId { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!LogName.Equals("System", StringComparison.OrdinalIgnoreCase))
        {
            throw new LabRefusalException("event log " + LogName);
        }
        foreach (string computer in ComputerName ?? ["."])
        {
            Machine machine = Reach(computer);
            IEnumerable<EventEntry> found = machine.EventLog.Entries.Reverse()
                .Where(e => After is null || e.At.UtcDateTime > After.Value.ToUniversalTime())
                .Where(e => Before is null || e.At.UtcDateTime < Before.Value.ToUniversalTime())
                .Where(e => Source?.Any(s => WildcardPattern.Get(s, WildcardOptions.IgnoreCase).IsMatch(e.Source)) ?? true)
                .Where(e => InstanceId?.Contains(e.InstanceId) ?? true);
            EventEntry[] shown = [.. Newest is { } count ? found.Take(count) : found];
            foreach (EventEntry entry in shown)
            {
                WriteObject(Describe(machine, entry));
            }
            if (shown.Length == 0)
            {
                WriteError(new ErrorRecord(new ArgumentException("No matches found"), "GetEventLogNoEntriesFound", ErrorCategory.ObjectNotFound, null));
            }
        }
    }

    /// <summary>By the connection of this session's logon; .NET looks for the log in the registry of the other machine first.</summary>
    private static Machine Reach(string computer)
    {
        SessionContext context = SessionContext.Current;
        Machine machine = context.Machine;
        if (!LabComputer.IsLocal(computer))
        {
            try
            {
                _ = context.Program.Remote.Reach(context.Machine, context.Program, computer, RemoteService.Registry);
                machine = context.Program.Remote.Reach(context.Machine, context.Program, computer, RemoteService.Smb).Target;
            }
            catch (LabWin32Exception error)
            {
                throw error.Code == RemoteAccess.AccessDenied ? new System.Security.SecurityException("Requested registry access is not allowed.") : new IOException(error.Message, unchecked((int)0x80070000) | error.Code);
            }
        }
        return machine.EventLog.IsRunning
            ? machine
            : throw new InvalidOperationException($"Cannot open log System on machine {computer}. Windows has not provided an error code.");
    }

    private static PSObject Describe(Machine machine, EventEntry entry)
    {
        var result = new PSObject();
        result.TypeNames.Insert(0, "System.Diagnostics.EventLogEntry#System/" + entry.Source);
        // In the zone of the machine that reads.
        DateTime at = DateTime.SpecifyKind(entry.At.ToOffset(SessionContext.Current.Machine.Os.UtcOffset).DateTime, DateTimeKind.Local);
        foreach ((string name, object? value) in new (string, object?)[]
        {
            ("MachineName", machine.Name),
            ("Index", entry.Record),
            ("EntryType", entry.Kind switch { "error" => "Error", "warning" => "Warning", _ => "Information" }),
            ("InstanceId", (long)entry.InstanceId),
            ("EventID", entry.Id),
            ("Source", entry.Source),
            ("ReplacementStrings", entry.Strings.ToArray()),
            ("TimeGenerated", at),
            ("TimeWritten", at),
        })
        {
            result.Properties.Add(new PSNoteProperty(name, value));
        }
        return result;
    }
}
