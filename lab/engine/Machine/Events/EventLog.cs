using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>
/// The log System of a machine, as far as starts, shutdowns and dying services go. Written while the service EventLog runs.
/// Numbers and sources are documented; what the strings of 1074, 6008 and 6009 look like in other languages is not emulated.
/// </summary>
public sealed class EventLog
{
    internal const string Own = "EventLog";
    internal const string ServiceManager = "Service Control Manager";
    internal const string User32 = "USER32";
    private readonly Machine _machine;
    private readonly EventLogProfile _profile;
    private readonly List<EventEntry> _entries = [];
    private bool _wasOrderly = true;

    internal EventLog(Machine machine, EventLogProfile profile)
    {
        _machine = machine;
        _profile = profile;
    }

    /// <summary>Whether it can be read and written.</summary>
    public bool IsRunning => !_machine.Os.Is9x && _machine.Services.Get("EventLog") is not { State: not ServiceState.Running };

    /// <summary>All entries, oldest first.</summary>
    public IReadOnlyList<EventEntry> Entries
    {
        get
        {
            lock (_machine.Gate)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>What a machine that has been up for long has written before the lab: its last start, one of long before, and what its profile says.</summary>
    internal void Furnish()
    {
        DateTimeOffset now = _machine.Clock.UtcNow;
        DateTimeOffset boot = _machine.Power.BootTime;
        DateTimeOffset installed = boot - TimeSpan.FromDays(90);
        List<EventEntry> all =
        [
            .. Start(installed),
            new(0, boot - TimeSpan.FromMinutes(1), 6006, Own, "information", []),
            .. Start(boot),
            .. _profile.Events.Select(e => new EventEntry(0, now - TimeSpan.FromHours(e.HoursAgo), e.Id, e.Source, e.Kind, e.Strings)),
        ];
        DateTimeOffset oldest = _profile.SinceHours is { } hours ? now - TimeSpan.FromHours(hours) : DateTimeOffset.MinValue;
        lock (_machine.Gate)
        {
            _entries.AddRange(all.Where(e => e.At >= oldest).OrderBy(e => e.At).Select((e, at) => e with { Record = at + 1 }));
        }
    }

    /// <summary>The process of a service has died.</summary>
    internal void ServiceDied(ServiceEntry service, int count, FailureAction? action)
    {
        if (_machine.Os.Number.Major < 5)
        {
            // Recovery of services, and with it these events, came with Windows 2000.
            return;
        }

        string times = (count + 1).ToString(CultureInfo.InvariantCulture);
        if (action is null)
        {
            // Windows 2000 has one event for both.
            bool isOne = _machine.Os.Number == new Version(5, 0);
            Add(isOne ? 7031 : 7034, ServiceManager, "error", isOne ? [service.DisplayName, times, "0", "0", "No action"] : [service.DisplayName, times]);
            return;
        }

        string ms = ((long)action.Delay.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        Add(7031, ServiceManager, "error", [service.DisplayName, times, ms, action.IsReboot ? "2" : "1", action.IsReboot ? "Reboot the machine" : "Restart the service"]);
    }

    /// <summary>Somebody has asked for a restart or a shutdown: from XP on it is noted who.</summary>
    internal void ShutdownAsked(string by, bool restart)
    {
        if (_machine.Os.Number >= new Version(5, 1))
        {
            Add(1074, User32, "information", ["winlogon.exe", _machine.Name, "No title for this reason could be found", "0x800000ff", restart ? "restart" : "shutdown", "", by]);
        }
    }

    /// <summary>The system goes down, in order or not.</summary>
    internal void Down(bool orderly)
    {
        if (orderly)
        {
            Add(6006, Own, "information", []);
        }

        _wasOrderly = orderly;
    }

    /// <summary>The system is up again.</summary>
    internal void Booted()
    {
        foreach (EventEntry entry in Start(_machine.Clock.UtcNow))
        {
            Add(entry.Id, entry.Source, entry.Kind, entry.Strings);
        }

        if (!_wasOrderly)
        {
            DateTimeOffset local = _machine.LocalNow;
            Add(6008, Own, "error", [local.ToString("T", CultureInfo.InvariantCulture), local.ToString("d", CultureInfo.InvariantCulture)]);
        }

        _wasOrderly = true;
    }

    private EventEntry[] Start(DateTimeOffset at) =>
    [
        new(0, at, 6009, Own, "information", [$"{_machine.Os.Number}", _machine.Os.Build.ToString(CultureInfo.InvariantCulture), _machine.Os.ServicePack == 0 ? "" : $"Service Pack {_machine.Os.ServicePack}", _machine.Os.CurrentType]),
        new(0, at, 6005, Own, "information", []),
    ];

    private void Add(int id, string source, string kind, IReadOnlyList<string> strings)
    {
        if (!IsRunning)
        {
            return;
        }

        lock (_machine.Gate)
        {
            _entries.Add(new(_entries.Count == 0 ? 1 : _entries[^1].Record + 1, _machine.Clock.UtcNow, id, source, kind, strings));
        }
    }
}
