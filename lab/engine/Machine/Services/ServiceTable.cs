using Microsoft.Win32;

namespace Firebreak.Lab.Machines;

/// <summary>Services of a machine. Start type, display name and account live in the registry, as on Windows. Errors are <see cref="LabWin32Exception"/> with 1060, 1056, 1062, 1058, 1051, 1052; 1053 for what is no service, 1072, 1073.</summary>
public sealed class ServiceTable
{
    // What the service control manager grants a process to report as a service.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
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

    /// <summary>Adds a service. Whatever program is behind it, it is none that reports as a service: a start ends with 1053.</summary>
    /// <exception cref="LabWin32Exception">1073: it exists.</exception>
    public void Create(string name, string image, string? display, ServiceStart start)
    {
        lock (_machine.Gate)
        {
            if (_entries.ContainsKey(name))
            {
                throw new LabWin32Exception(1073, "The specified service already exists.");
            }

            _entries[name] = new Entry(name, new ServiceProfile { State = "stopped" }) { IsReal = false };
        }

        string key = Root + name;
        _machine.Registry.SetValue(key, "Type", RegistryValue.Dword(0x10));
        _machine.Registry.SetValue(key, "Start", RegistryValue.Dword((int)start));
        _machine.Registry.SetValue(key, "ErrorControl", RegistryValue.Dword(1));
        _machine.Registry.SetValue(key, "ImagePath", new RegistryValue(RegistryValueKind.ExpandString, image));
        _machine.Registry.SetValue(key, "DisplayName", RegistryValue.Sz(display ?? name));
        _machine.Registry.SetValue(key, "ObjectName", RegistryValue.Sz("LocalSystem"));
        _machine.History.Add("service", ("op", "create"), ("service", name), ("image", image));
    }

    /// <summary>Deletes a service; one that runs goes when it stops.</summary>
    /// <exception cref="LabWin32Exception">1060; 1072: it waits for that already.</exception>
    public void Delete(string name)
    {
        Entry entry;
        bool isGone;
        lock (_machine.Gate)
        {
            entry = Find(name);
            if (entry.IsDeleted)
            {
                throw new LabWin32Exception(1072, "The specified service has been marked for deletion.");
            }

            entry.IsDeleted = true;
            isGone = entry.State == ServiceState.Stopped;
        }

        _machine.History.Add("service", ("op", "delete"), ("service", entry.Name));
        if (isGone)
        {
            Remove(entry);
        }
    }

    /// <summary>Sets the command line of a service.</summary>
    public void SetImage(string name, string image)
    {
        lock (_machine.Gate)
        {
            name = Find(name).Name;
        }

        _machine.Registry.SetValue(Root + name, "ImagePath", new RegistryValue(RegistryValueKind.ExpandString, image));
        _machine.History.Add("service", ("op", "config"), ("service", name), ("image", image));
    }

    /// <summary>What happens when its process dies.</summary>
    public FailureActions FailureOf(string name)
    {
        lock (_machine.Gate)
        {
            name = Find(name).Name;
        }

        return _machine.Registry.GetValue(Root + name, "FailureActions")?.Data is byte[] data ? FailureActions.Decode(data) : FailureActions.None;
    }

    /// <summary>Sets what happens when its process dies.</summary>
    public void SetFailure(string name, FailureActions actions)
    {
        lock (_machine.Gate)
        {
            name = Find(name).Name;
        }

        _machine.Registry.SetValue(Root + name, "FailureActions", new RegistryValue(RegistryValueKind.Binary, actions.Encode()));
        _machine.History.Add("service", ("op", "failure"), ("service", name), ("actions", actions.ToString()));
    }

    internal void Define(string name, ServiceProfile profile)
    {
        ServiceStart start = Enum.Parse<ServiceStart>(profile.Start, ignoreCase: true);
        string image = profile.Image ?? (_machine.Os.IsLegacy ? @"%SystemRoot%\System32\svchost.exe -k netsvcs" : @"%SystemRoot%\System32\svchost.exe -k netsvcs -p");
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
        if (profile.Failure.Count > 0)
        {
            _machine.Registry.SetValue(key, "FailureActions", new RegistryValue(RegistryValueKind.Binary, FailureActions.Parse(profile.Failure).Encode()));
        }

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
            if (wanted && service.State == ServiceState.Stopped && !IsReal(service.Name))
            {
                // The boot does not wait for what never reports.
                _ = Task.Run(() => StartForeign(service.Name));
            }
            else if (wanted && service.State != ServiceState.Running)
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
                entry.Failures = 0;
            }

            foreach (Entry entry in _entries.Values.Where(e => e.IsDeleted).ToArray())
            {
                _entries.Remove(entry.Name);
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
            Recover(name);
        }
    }

    private void Recover(string name)
    {
        FailureActions actions;
        ServiceEntry died;
        int count;
        lock (_machine.Gate)
        {
            if (!_entries.TryGetValue(name, out Entry? entry) || _machine.Power.State != PowerState.On)
            {
                return;
            }

            count = entry.Failures++;
            actions = FailureOf(name);
            died = ToEntry(entry);
        }

        _machine.EventLog.ServiceDied(died, count, actions.At(count));

        if (actions.At(count) is not { } action)
        {
            return;
        }

        if (action.IsReboot)
        {
            try
            {
                _machine.Power.ScheduleShutdown(action.Delay, restart: true, @"NT AUTHORITY\SYSTEM");
            }
            catch (LabWin32Exception)
            {
                // It goes down already.
            }

            return;
        }

        _machine.Clock.ScheduleAfter(action.Delay, () =>
        {
            try
            {
                if (_machine.Power.State == PowerState.On)
                {
                    Start(name);
                }
            }
            catch (LabWin32Exception)
            {
                // Started by somebody else, disabled or deleted meanwhile.
            }
        });
    }

    private bool IsReal(string name)
    {
        lock (_machine.Gate)
        {
            return _entries.TryGetValue(name, out Entry? entry) && entry.IsReal;
        }
    }

    // The process runs, does not report as a service, and is ended; what it started lives on.
    private int StartForeign(string name)
    {
        RunningProgram running;
        Entry entry;
        lock (_machine.Gate)
        {
            entry = Find(name);
            entry.State = ServiceState.StartPending;
        }

        try
        {
            string image = _machine.Files.Expand(ToEntry(entry).ImagePath);
            running = _machine.Programs.StartCommandLine(image, ProgramContext.System with { ParentProcessId = 640 });
        }
        catch (LabWin32Exception error)
        {
            lock (_machine.Gate)
            {
                entry.State = ServiceState.Stopped;
            }

            return error.Code;
        }

        lock (_machine.Gate)
        {
            entry.ProcessId = running.Process.Id;
        }

        _machine.History.Add("service", ("op", "start"), ("service", entry.Name));
        using (CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(_machine.Power.Token))
        {
            Task.WaitAny(running.Completion, _machine.Clock.Delay(s_patience, enough.Token));
            enough.Cancel();
        }

        lock (_machine.Gate)
        {
            entry.ProcessId = 0;
        }

        _machine.Processes.Kill(running.Process.Id);
        bool isGone;
        lock (_machine.Gate)
        {
            entry.State = ServiceState.Stopped;
            isGone = entry.IsDeleted;
        }

        _machine.History.Add("service", ("op", "timeout"), ("service", entry.Name));
        if (isGone)
        {
            Remove(entry);
        }

        return 1053;
    }

    private void Remove(Entry entry)
    {
        lock (_machine.Gate)
        {
            if (!_entries.TryGetValue(entry.Name, out Entry? current) || current != entry)
            {
                return;
            }

            _entries.Remove(entry.Name);
        }

        _machine.Registry.DeleteKey(Root + entry.Name);
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

        if (current.State == ServiceState.StartPending)
        {
            throw new LabWin32Exception(1056, "An instance of the service is already running.");
        }

        if (!IsReal(name))
        {
            throw StartForeign(name) switch
            {
                1053 => new LabWin32Exception(1053, "The service did not respond to the start or control request in a timely fashion."),
                int code => new LabWin32Exception(code, "The system cannot find the file specified."),
            };
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
            (string image, string commandLine) = ImageOf(entry);
            LabProcess process = _machine.Processes.Add(FilePath.Leaf(image), image, commandLine, AccountName(entry.Profile.Account), 640, out _);
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

    // svchost names the service that this process is for; what else a profile names is shown as it is.
    private (string Image, string CommandLine) ImageOf(Entry entry)
    {
        string line = _machine.Files.Expand(ToEntry(entry).ImagePath);
        (string program, _) = CommandLine.SplitProgram(line);
        bool isHost = FilePath.Leaf(program).Equals("svchost.exe", StringComparison.OrdinalIgnoreCase);
        return isHost ? (_machine.Os.System32 + @"\svchost.exe", _machine.Os.IsLegacy ? line : $@"{_machine.Os.System32}\svchost.exe -k netsvcs -p -s {entry.Name}") : (program, line);
    }

    private static string AccountName(string account) => account switch
    {
        "LocalSystem" => @"NT AUTHORITY\SYSTEM",
        _ => account.ToUpperInvariant(),
    };

    private void SetStopped(string name, string op)
    {
        ServiceEntry stopped;
        Entry? deleted;
        lock (_machine.Gate)
        {
            Entry entry = Find(name);
            _machine.Processes.Exit(entry.ProcessId);
            entry.State = ServiceState.Stopped;
            entry.ProcessId = 0;
            entry.StartedAt = null;
            stopped = ToEntry(entry);
            deleted = entry.IsDeleted ? entry : null;
        }

        _machine.History.Add("service", ("op", op), ("service", stopped.Name));
        Changed?.Invoke(stopped);
        if (deleted is not null)
        {
            Remove(deleted);
        }
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

        /// <summary>Whether its program reports as a service.</summary>
        public bool IsReal { get; init; } = true;

        public bool IsDeleted { get; set; }

        public int Failures { get; set; }

        public ServiceState State { get; set; } = ServiceState.Stopped;

        public int ProcessId { get; set; }

        public DateTimeOffset? StartedAt { get; set; }
    }
}
