namespace Firebreak.Lab.Machines;

/// <summary>The processes of a machine. Programs that run are threads of the lab, ended by cancelling their token.</summary>
public sealed class ProcessTable
{
    private readonly Machine _machine;
    private readonly SortedDictionary<int, (LabProcess Process, CancellationTokenSource Killed)> _entries = [];
    private int _nextId = 1000;

    internal ProcessTable(Machine machine)
    {
        _machine = machine;
    }

    /// <summary>All processes by id.</summary>
    public IReadOnlyList<LabProcess> All
    {
        get
        {
            lock (_machine.Gate)
            {
                return [.. _entries.Values.Select(e => e.Process)];
            }
        }
    }

    /// <summary>The process, or null.</summary>
    public LabProcess? Get(int id)
    {
        lock (_machine.Gate)
        {
            return _entries.TryGetValue(id, out (LabProcess Process, CancellationTokenSource Killed) entry) ? entry.Process : null;
        }
    }

    /// <summary>Ends a process: its token is cancelled, a service's process stops the service. False if there is none.</summary>
    /// <exception cref="UnauthorizedAccessException">A process of the system itself.</exception>
    public bool Kill(int id)
    {
        CancellationTokenSource killed;
        string name;
        lock (_machine.Gate)
        {
            if (!_entries.TryGetValue(id, out (LabProcess Process, CancellationTokenSource Killed) entry))
            {
                return false;
            }

            if (id <= 4 || entry.Process.Name is "csrss.exe" or "smss.exe" or "wininit.exe" or "services.exe" or "lsass.exe")
            {
                throw new UnauthorizedAccessException("Access is denied.");
            }

            killed = entry.Killed;
            name = entry.Process.Name;
            _entries.Remove(id);
        }

        killed.Cancel();
        _machine.Services.ProcessDied(id);
        _machine.Ports.ProcessChanged(name);
        return true;
    }

    /// <summary>Ends a process and all that it started, as a job does. False if there is none.</summary>
    public bool KillTree(int id)
    {
        List<int> family = [id];
        for (int i = 0; i < family.Count; i++)
        {
            family.AddRange(All.Where(p => p.ParentId == family[i] && p.Id != p.ParentId && !family.Contains(p.Id)).Select(p => p.Id));
        }

        bool killed = Kill(id);
        foreach (int child in family.Skip(1))
        {
            Kill(child);
        }

        return killed;
    }

    /// <summary>Adds a process that lives until <see cref="Exit"/>, <see cref="Kill"/> or the power goes; the token tells when to end. For a remote session's host process too.</summary>
    public LabProcess Add(string name, string? path, string commandLine, string account, int parentId, out CancellationToken ended)
    {
        lock (_machine.Gate)
        {
            CancellationTokenSource killed = CancellationTokenSource.CreateLinkedTokenSource(_machine.Power.Token);
            LabProcess process = new(_nextId, parentId, name, path, commandLine, account, 0, _machine.Power.Now);
            _nextId += 4;
            _entries[process.Id] = (process, killed);
            ended = killed.Token;
            return process;
        }
    }

    /// <summary>The process ended by itself.</summary>
    public void Exit(int id)
    {
        lock (_machine.Gate)
        {
            if (_entries.Remove(id, out (LabProcess Process, CancellationTokenSource Killed) entry))
            {
                entry.Killed.Dispose();
            }
        }
    }

    internal void AddFixed(int id, int parentId, string name, int sessionId)
    {
        lock (_machine.Gate)
        {
            string? path = id <= 4 ? null : $@"{_machine.Os.System32}\{name}";
            LabProcess process = new(id, parentId, name, path, path ?? "", @"NT AUTHORITY\SYSTEM", sessionId, _machine.Power.Now);
            _entries[id] = (process, new CancellationTokenSource());
        }
    }

    internal void Clear()
    {
        lock (_machine.Gate)
        {
            // Ids go on: a program of the last boot that ends late must not meet a process of this one.
            _entries.Clear();
        }
    }
}
