namespace Firebreak.Lab.Machines;

/// <summary>The task scheduler of a machine: runs tasks on the lab clock and at boot, as the account they name.</summary>
public sealed class TaskTable
{
    /// <summary>SCHED_S_TASK_HAS_NOT_RUN.</summary>
    public const int NeverRun = 267011;

    /// <summary>SCHED_S_TASK_RUNNING.</summary>
    public const int RunningNow = 267009;

    /// <summary>SCHED_S_TASK_TERMINATED: ended by hand.</summary>
    public const int Terminated = 267014;

    /// <summary>DBG_TERMINATE_PROCESS: ended by an orderly shutdown.</summary>
    public const int EndedByShutdown = 0x40010004;

    private const int NotStarted = -1;
    private readonly Machine _machine;
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.OrdinalIgnoreCase);

    internal TaskTable(Machine machine)
    {
        _machine = machine;
    }

    /// <summary>All tasks by name.</summary>
    public IReadOnlyList<ScheduledTask> All
    {
        get
        {
            lock (_machine.Gate)
            {
                return [.. _entries.Values.Select(ToTask)];
            }
        }
    }

    /// <summary>The task, or null.</summary>
    public ScheduledTask? Get(string name)
    {
        lock (_machine.Gate)
        {
            return _entries.TryGetValue(FullName(name), out Entry? entry) ? ToTask(entry) : null;
        }
    }

    /// <summary>Registers a task; one of the same name is replaced if <paramref name="force"/>.</summary>
    /// <exception cref="LabWin32Exception">183: it exists.</exception>
    public void Register(TaskDefinition definition, bool force)
    {
        definition = definition with { Name = FullName(definition.Name) };
        lock (_machine.Gate)
        {
            if (_entries.TryGetValue(definition.Name, out Entry? old))
            {
                if (!force)
                {
                    throw new LabWin32Exception(183, "Cannot create a file when that file already exists.");
                }

                Disarm(old);
            }

            Entry entry = new(definition);
            _entries[definition.Name] = entry;
            Arm(entry);
        }

        _machine.History.Add("task", ("op", "register"), ("task", definition.Name), ("command", (definition.Execute + " " + definition.Arguments).TrimEnd()), ("account", definition.RunAs));
    }

    /// <summary>Deletes a task; a run of it goes on.</summary>
    /// <exception cref="LabWin32Exception">2: there is none.</exception>
    public void Delete(string name)
    {
        lock (_machine.Gate)
        {
            Entry entry = Find(name);
            Disarm(entry);
            _entries.Remove(entry.Definition.Name);
        }

        _machine.History.Add("task", ("op", "delete"), ("task", FullName(name)));
    }

    /// <summary>Starts a task now. A task that runs is not started a second time (the default policy, IgnoreNew).</summary>
    /// <exception cref="LabWin32Exception">2: there is none; 1058: it or the scheduler is disabled.</exception>
    public void Run(string name)
    {
        Entry entry;
        lock (_machine.Gate)
        {
            entry = Find(name);
            if (!entry.Definition.Enabled || !_machine.Services.IsRunning("Schedule"))
            {
                throw new LabWin32Exception(1058, "The task is disabled or the scheduler does not run.");
            }
        }

        Launch(entry, "demand");
    }

    /// <summary>Ends a task that runs; false if it does not run.</summary>
    /// <exception cref="LabWin32Exception">2: there is none.</exception>
    public bool End(string name)
    {
        int? process;
        lock (_machine.Gate)
        {
            Entry entry = Find(name);
            process = entry.ProcessId;
            entry.EndedByHand = process is not null;
        }

        return process is { } id and not NotStarted && _machine.Processes.KillTree(id);
    }

    /// <summary>Enables or disables a task.</summary>
    public void SetEnabled(string name, bool enabled)
    {
        lock (_machine.Gate)
        {
            Entry entry = Find(name);
            Disarm(entry);
            entry.Definition = entry.Definition with { Enabled = enabled };
            Arm(entry);
        }
    }

    /// <summary>The machine came up: start tasks with the boot trigger, arm the others again.</summary>
    internal void Boot()
    {
        Entry[] entries;
        lock (_machine.Gate)
        {
            entries = [.. _entries.Values];
            foreach (Entry entry in entries)
            {
                Arm(entry);
            }
        }

        if (!_machine.Services.IsRunning("Schedule"))
        {
            return;
        }

        foreach (Entry entry in entries.Where(e => e.Definition is { Enabled: true, OnStart: true }))
        {
            Launch(entry, "boot");
        }
    }

    /// <summary>The power went: nothing is armed and nothing runs.</summary>
    internal void PowerOff(bool orderly)
    {
        List<string> ended = [];
        lock (_machine.Gate)
        {
            foreach (Entry entry in _entries.Values)
            {
                Disarm(entry);
                if (entry.ProcessId is not null)
                {
                    // When the power goes nobody writes a result: it stays at "running".
                    entry.ProcessId = null;
                    entry.LastResult = orderly ? EndedByShutdown : RunningNow;
                    ended.Add(entry.Definition.Name);
                }
            }
        }

        foreach (string name in ended)
        {
            _machine.History.Add("task", ("op", "end"), ("task", name), ("exitCode", null));
        }
    }

    private static string FullName(string name) => name.StartsWith('\\') ? name : "\\" + name;

    private static ScheduledTask ToTask(Entry entry)
    {
        string state = entry.ProcessId is not null ? "Running" : entry.Definition.Enabled ? "Ready" : "Disabled";
        DateTimeOffset? next = entry.Definition.Enabled && entry.Pending.Count > 0 ? entry.Pending.Min() : null;
        return new(entry.Definition, state, entry.LastRun, entry.ProcessId is not null ? RunningNow : entry.LastResult, next);
    }

    private static void Disarm(Entry entry)
    {
        foreach (IDisposable timer in entry.Timers)
        {
            timer.Dispose();
        }

        entry.Timers.Clear();
    }

    private Entry Find(string name) => _entries.GetValueOrDefault(FullName(name)) ?? throw new LabWin32Exception(2, "The system cannot find the file specified.");

    private void Arm(Entry entry)
    {
        Disarm(entry);
        DateTimeOffset now = _machine.Clock.UtcNow;
        if (entry.Definition.Enabled)
        {
            foreach (DateTimeOffset due in entry.Pending)
            {
                if (due > now)
                {
                    entry.Timers.Add(_machine.Clock.Schedule(due, () => Due(entry, due)));
                }
                else if (entry.Definition.StartWhenAvailable)
                {
                    entry.Timers.Add(_machine.Clock.Schedule(now, () => Due(entry, due)));
                }
            }
        }

        entry.Pending.RemoveAll(d => d <= now && !entry.Definition.StartWhenAvailable);
    }

    private void Due(Entry entry, DateTimeOffset due)
    {
        lock (_machine.Gate)
        {
            if (_machine.Power.State != PowerState.On || !entry.Pending.Remove(due))
            {
                return;
            }
        }

        if (_machine.Services.IsRunning("Schedule"))
        {
            Launch(entry, "time");
        }
    }

    private void Launch(Entry entry, string by)
    {
        TaskDefinition definition;
        lock (_machine.Gate)
        {
            if (entry.ProcessId is not null)
            {
                return;
            }

            definition = entry.Definition;
            entry.ProcessId = NotStarted;
            entry.LastRun = _machine.Clock.UtcNow;
        }

        _machine.History.Add("task", ("op", "start"), ("task", definition.Name), ("by", by));
        RunningProgram running;
        try
        {
            running = _machine.Programs.Start(definition.Execute, CommandLine.Split(definition.Arguments), Context(definition));
        }
        catch (LabWin32Exception e)
        {
            Ended(entry, NotStarted, unchecked((int)0x80070000) | e.Code);
            return;
        }

        lock (_machine.Gate)
        {
            entry.ProcessId = running.Process.Id;
            entry.EndedByHand = false;
        }

        IDisposable? limit = definition.ExecutionTimeLimit is { } longest
            ? _machine.Clock.ScheduleAfter(longest, () => _machine.Processes.KillTree(running.Process.Id))
            : null;
        running.Completion.ContinueWith(
            done =>
            {
                limit?.Dispose();
                Ended(entry, running.Process.Id, done.Result.ExitCode);
            },
            TaskScheduler.Default);
    }

    private ProgramContext Context(TaskDefinition definition)
    {
        ProgramContext context = definition.RunAs.Equals(@"NT AUTHORITY\SYSTEM", StringComparison.OrdinalIgnoreCase)
            ? ProgramContext.System
            : new ProgramContext { Account = definition.RunAs, IsAdmin = definition.Highest && _machine.Accounts.Find(definition.RunAs) is { Admin: true }, Logon = LogonKind.Interactive };
        return context with { RawArguments = definition.Arguments, CurrentDirectory = definition.WorkingDirectory ?? "" };
    }

    private void Ended(Entry entry, int processId, int exitCode)
    {
        bool delete;
        lock (_machine.Gate)
        {
            if (entry.ProcessId != processId)
            {
                return;
            }

            entry.ProcessId = null;
            exitCode = entry.EndedByHand ? Terminated : exitCode;
            entry.LastResult = exitCode;
            delete = entry.Definition.DeleteAfterRun && entry.Pending.Count == 0
                && _entries.TryGetValue(entry.Definition.Name, out Entry? current) && current == entry;
        }

        _machine.History.Add("task", ("op", "end"), ("task", entry.Definition.Name), ("exitCode", exitCode));
        if (delete)
        {
            Delete(entry.Definition.Name);
        }
    }

    private sealed class Entry(TaskDefinition definition)
    {
        public TaskDefinition Definition { get; set; } = definition;

        public List<DateTimeOffset> Pending { get; } = [.. definition.Once];

        public List<IDisposable> Timers { get; } = [];

        public int? ProcessId { get; set; }

        public bool EndedByHand { get; set; }

        public DateTimeOffset? LastRun { get; set; }

        public int LastResult { get; set; } = NeverRun;
    }
}
