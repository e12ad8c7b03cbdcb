using Microsoft.Win32;

namespace Firebreak.Lab.Machines;

/// <summary>Services of a machine. Start type, display name and account live in the registry, as on Windows. Errors are <see cref="LabWin32Exception"/> with 1060, 1056, 1062, 1058, 1051, 1052.</summary>
public sealed class ServiceTable
{
    private const string Root = @"HKLM\SYSTEM\CurrentControlSet\Services\";
    private readonly Machine _machine;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    internal ServiceTable(Machine machine)
    {
        _machine = machine;
    }

    /// <summary>Raised after a service has started or stopped.</summary>
    public event Action<ServiceEntry>? Changed;

    /// <summary>All services by name.</summary>
    public IReadOnlyList<ServiceEntry> All
    {
        get
        {
            lock (_machine.Gate)
            {
                return [.. _entries.Values.OrderBy(e => e.Name, StringComparer.OrdinalIgnoreCase).Select(ToEntry)];
            }
        }
    }

    /// <summary>The service by key name, or null.</summary>
    public ServiceEntry? Get(string name)
    {
        lock (_machine.Gate)
        {
            return _entries.TryGetValue(name, out Entry? entry) ? ToEntry(entry) : null;
        }
    }

    /// <summary>Whether the service is there and running.</summary>
    public bool IsRunning(string name) => Get(name)?.State == ServiceState.Running;

    /// <summary>Starts a service and what it depends on.</summary>
    public void Start(string name) => Start(name, record: true);

    /// <summary>Stops a service; running services that depend on it are an error unless <paramref name="force"/>.</summary>
    public void Stop(string name, bool force = false)
    {
        lock (_machine.Gate)
        {
            Entry entry = Find(name);
            if (entry.State == ServiceState.Stopped)
            {
                throw new LabWin32Exception(1062, "The service has not been started.");
            }

            if (!entry.Profile.CanStop)
            {
                throw new LabWin32Exception(1052, "The requested control is not valid for this service.");
            }
        }

        foreach (ServiceEntry dependent in Dependents(name))
        {
            if (!force)
            {
                throw new LabWin32Exception(1051, "A stop control has been sent to a service that other running services are dependent on.");
            }

            Stop(dependent.Name, force: true);
        }

        SetStopped(name, "stop");
    }

    /// <summary>Running services that depend on this one.</summary>
    public IReadOnlyList<ServiceEntry> Dependents(string name) =>
        [.. All.Where(s => s.State == ServiceState.Running && s.DependsOn.Contains(name, StringComparer.OrdinalIgnoreCase))];

    /// <summary>Sets the start type.</summary>
    public void SetStart(string name, ServiceStart start)
    {
        lock (_machine.Gate)
        {
            name = Find(name).Name;
        }

        _machine.Registry.SetValue(Root + name, "Start", RegistryValue.Dword((int)start));
        _machine.History.Add("service", ("op", "config"), ("service", name), ("start", start.ToString().ToLowerInvariant()));
    }

    internal void Define(string name, ServiceProfile profile)
    {
        ServiceStart start = Enum.Parse<ServiceStart>(profile.Start, ignoreCase: true);
        string image = profile.Image ?? @"%SystemRoot%\System32\svchost.exe -k netsvcs -p";
        lock (_machine.Gate)
        {
            _entries[name] = new Entry(name, profile);
        }

        string key = Root + name;
        _machine.Registry.SetValue(key, "Start", RegistryValue.Dword((int)start));
        _machine.Registry.SetValue(key, "Type", RegistryValue.Dword(0x20));
        _machine.Registry.SetValue(key, "DisplayName", RegistryValue.Sz(profile.Display ?? name));
        _machine.Registry.SetValue(key, "ObjectName", RegistryValue.Sz(profile.Account));
        _machine.Registry.SetValue(key, "ImagePath", new RegistryValue(RegistryValueKind.ExpandString, image));
        if (profile.DependsOn.Count > 0)
        {
            _machine.Registry.SetValue(key, "DependOnService", RegistryValue.Multi([.. profile.DependsOn]));
        }
    }

    /// <summary>At boot: automatic services start; a manual one that the profile shows as running starts too (something needs it).</summary>
    internal void Boot(bool first)
    {
        foreach (ServiceEntry service in All)
        {
            bool wanted = service.Start switch
            {
                ServiceStart.Boot or ServiceStart.System or ServiceStart.Automatic => !first || RunsInProfile(service.Name),
                ServiceStart.Manual => RunsInProfile(service.Name),
                _ => first && RunsInProfile(service.Name),
            };
            if (wanted && service.State != ServiceState.Running)
            {
                try
                {
                    Start(service.Name, record: false, even: first);
                }
                catch (LabWin32Exception)
                {
                    // As at a real boot: a service whose dependency is disabled does not start, the boot goes on.
                }
            }
        }
    }

    internal void PowerOff()
    {
        lock (_machine.Gate)
        {
            foreach (Entry entry in _entries.Values)
            {
                entry.State = ServiceState.Stopped;
                entry.ProcessId = 0;
                entry.StartedAt = null;
            }
        }
    }

    internal void ProcessDied(int processId)
    {
        string? name;
        lock (_machine.Gate)
        {
            name = _entries.Values.FirstOrDefault(e => e.ProcessId == processId)?.Name;
        }

        if (name is not null)
        {
            SetStopped(name, "died");
        }
    }

    private bool RunsInProfile(string name)
    {
        lock (_machine.Gate)
        {
            return _entries[name].Profile.State == "running";
        }
    }

    private void Start(string name, bool record, bool even = false)
    {
        ServiceEntry current;
        lock (_machine.Gate)
        {
            current = ToEntry(Find(name));
        }

        if (current.State == ServiceState.Running)
        {
            throw new LabWin32Exception(1056, "An instance of the service is already running.");
        }

        if (current.Start == ServiceStart.Disabled && !even)
        {
            throw new LabWin32Exception(1058, "The service cannot be started, either because it is disabled or because it has no enabled devices associated with it.");
        }

        foreach (string needed in current.DependsOn)
        {
            if (Get(needed) is { State: ServiceState.Stopped })
            {
                Start(needed, record, even);
            }
        }

        ServiceEntry started;
        lock (_machine.Gate)
        {
            Entry entry = Find(name);
            LabProcess process = _machine.Processes.Add("svchost.exe", @"C:\Windows\System32\svchost.exe", $@"C:\Windows\System32\svchost.exe -k netsvcs -p -s {entry.Name}", AccountName(entry.Profile.Account), 640, out _);
            entry.State = ServiceState.Running;
            entry.ProcessId = process.Id;
            entry.StartedAt = process.StartedAt;
            started = ToEntry(entry);
        }

        if (record)
        {
            _machine.History.Add("service", ("op", "start"), ("service", started.Name));
        }

        Changed?.Invoke(started);
    }

    private static string AccountName(string account) => account switch
    {
        "LocalSystem" => @"NT AUTHORITY\SYSTEM",
        _ => account.ToUpperInvariant(),
    };

    private void SetStopped(string name, string op)
    {
        ServiceEntry stopped;
        lock (_machine.Gate)
        {
            Entry entry = Find(name);
            _machine.Processes.Exit(entry.ProcessId);
            entry.State = ServiceState.Stopped;
            entry.ProcessId = 0;
            entry.StartedAt = null;
            stopped = ToEntry(entry);
        }

        _machine.History.Add("service", ("op", op), ("service", stopped.Name));
        Changed?.Invoke(stopped);
    }

    private Entry Find(string name) => _entries.GetValueOrDefault(name) ?? throw new LabWin32Exception(1060, "The specified service does not exist as an installed service.");

    private ServiceEntry ToEntry(Entry entry)
    {
        string key = Root + entry.Name;
        string Text(string value, string otherwise) => _machine.Registry.GetValue(key, value)?.Data as string ?? otherwise;
        ServiceStart start = _machine.Registry.GetValue(key, "Start")?.Data is int number ? (ServiceStart)number : ServiceStart.Manual;
        return new(entry.Name, Text("DisplayName", entry.Name), entry.State, start, Text("ObjectName", "LocalSystem"), entry.ProcessId, entry.StartedAt, entry.Profile.DependsOn, entry.Profile.CanStop, Text("ImagePath", ""));
    }

    private sealed class Entry(string name, ServiceProfile profile)
    {
        public string Name { get; } = name;

        public ServiceProfile Profile { get; } = profile;

        public ServiceState State { get; set; } = ServiceState.Stopped;

        public int ProcessId { get; set; }

        public DateTimeOffset? StartedAt { get; set; }
    }
}
