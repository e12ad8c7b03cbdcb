using Microsoft.Win32;

namespace Firebreak.Lab.Machines;

/// <summary>
/// Power, boot and shutdown of a machine: On → (Reboot) ShuttingDown → Off → Booting → On. Going down takes the profile's
/// shutdownSeconds, coming up its durationSeconds, both of lab time.
/// </summary>
public sealed class Power
{
    private readonly Machine _machine;
    private readonly BootProfile _profile;
    private readonly PendingRestart _pending;
    private CancellationTokenSource _boot = new();
    private IDisposable? _scheduled;
    private DateTimeOffset? _asIf;
    private bool _ended;

    internal Power(Machine machine, BootProfile profile)
    {
        _machine = machine;
        _profile = profile;
        _pending = new PendingRestart(machine);
        BootTime = machine.Clock.UtcNow - TimeSpan.FromHours(profile.UptimeHours);
        machine.Files.FurnishedAt = BootTime - TimeSpan.FromDays(1);
    }

    /// <summary>Where it is between off and on.</summary>
    public PowerState State { get; private set; } = PowerState.Off;

    /// <summary>Lab time of the last boot.</summary>
    public DateTimeOffset BootTime { get; private set; }

    /// <summary>Cancelled when this boot ends.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (_machine.Gate)
            {
                return _boot.Token;
            }
        }
    }

    /// <summary>Why a restart is pending: CBS, WindowsUpdate, PendingFileRenameOperations, UpdateExeVolatile, ComputerRename; empty = none.</summary>
    public IReadOnlyList<string> PendingReasons => _pending.Reasons();

    /// <summary>Whether a shutdown is scheduled (shutdown.exe /t).</summary>
    public bool ShutdownScheduled
    {
        get
        {
            lock (_machine.Gate)
            {
                return _scheduled is not null;
            }
        }
    }

    /// <summary>Whether the next reboot never comes back (trouble no-return).</summary>
    internal bool NoReturn { get; set; }

    /// <summary>Lab time, or the boot's time while a machine is being built as if it had been up for long.</summary>
    internal DateTimeOffset Now => _asIf ?? _machine.Clock.UtcNow;

    /// <summary>Restarts at once: returns immediately, the machine goes down a moment later.</summary>
    /// <exception cref="LabWin32Exception">1190: one is scheduled; 1115: one is in progress.</exception>
    public void Reboot(string by) => ScheduleShutdown(TimeSpan.Zero, restart: true, by);

    /// <summary>Schedules a shutdown.</summary>
    /// <exception cref="LabWin32Exception">1190: one is scheduled; 1115: one is in progress.</exception>
    /// <param name="delay">How long from now.</param>
    /// <param name="restart">Or stay off.</param>
    /// <param name="by">Whose wish it is.</param>
    /// <param name="message">What users who are logged on are shown.</param>
    public void ScheduleShutdown(TimeSpan delay, bool restart, string by, string? message = null)
    {
        lock (_machine.Gate)
        {
            if (State != PowerState.On)
            {
                throw new LabWin32Exception(1115, "A system shutdown is in progress.");
            }

            if (_scheduled is not null)
            {
                throw new LabWin32Exception(1190, "A system shutdown has already been scheduled.");
            }

            if (delay > TimeSpan.Zero)
            {
                _scheduled = _machine.Clock.ScheduleAfter(delay, () => Begin(restart, by));
            }
        }

        if (delay > TimeSpan.Zero)
        {
            _machine.History.Add("power", ("op", "shutdown-scheduled"), ("restart", restart), ("by", by), ("seconds", (long)delay.TotalSeconds), ("message", message));
        }
        else
        {
            Begin(restart, by);
        }
    }

    /// <summary>Calls off a scheduled shutdown.</summary>
    /// <exception cref="LabWin32Exception">1116: none is scheduled.</exception>
    public void AbortShutdown()
    {
        lock (_machine.Gate)
        {
            if (_scheduled is null)
            {
                throw new LabWin32Exception(1116, "Unable to abort the system shutdown because no shutdown was in progress.");
            }

            _scheduled.Dispose();
            _scheduled = null;
        }

        _machine.History.Add("power", ("op", "shutdown-aborted"));
    }

    /// <summary>The power goes at once and comes back: processes die, nothing is shut down in order.</summary>
    /// <param name="off">How long it stays away before the boot begins; default: not at all.</param>
    public void Lose(TimeSpan off = default)
    {
        lock (_machine.Gate)
        {
            if (State == PowerState.Off)
            {
                return;
            }
        }

        GoDown("power-loss", restart: true, off);
    }

    /// <summary>Somebody presses the button: a machine that is off boots; nothing otherwise.</summary>
    public void TurnOn()
    {
        lock (_machine.Gate)
        {
            if (State != PowerState.Off || _ended)
            {
                return;
            }
        }

        _machine.History.Add("power", ("op", "turned-on"));
        _machine.Clock.ScheduleAfter(TimeSpan.FromSeconds(_profile.DurationSeconds), Boot);
    }

    /// <summary>The machine as it was before the lab: booted long ago.</summary>
    internal void Resume()
    {
        _asIf = BootTime;
        State = PowerState.On;
        StartSystem();
        _machine.Services.Boot(first: true);
        _machine.Booted();
        _asIf = null;
    }

    /// <summary>The lab ends.</summary>
    internal void End()
    {
        CancellationTokenSource boot;
        lock (_machine.Gate)
        {
            _ended = true;
            _scheduled?.Dispose();
            State = PowerState.Off;
            boot = _boot;
        }

        _machine.Tasks.PowerOff(orderly: false);
        boot.Cancel();
    }

    private void Begin(bool restart, string by)
    {
        lock (_machine.Gate)
        {
            _scheduled = null;
            if (State != PowerState.On)
            {
                return;
            }

            State = PowerState.ShuttingDown;
        }

        _machine.History.Add("reboot", ("by", by), ("restart", restart));
        _machine.EventLog.ShutdownAsked(by, restart);
        _machine.Clock.ScheduleAfter(TimeSpan.FromSeconds(_profile.ShutdownSeconds), () =>
        {
            long fileTime = _machine.Clock.UtcNow.ToFileTime();
            _machine.Registry.SetValue(@"HKLM\SYSTEM\CurrentControlSet\Control\Windows", "ShutdownTime", new RegistryValue(RegistryValueKind.Binary, BitConverter.GetBytes(fileTime)));
            GoDown("shutdown", restart, TimeSpan.Zero);
        });
    }

    private void GoDown(string why, bool restart, TimeSpan off)
    {
        CancellationTokenSource boot;
        lock (_machine.Gate)
        {
            if (State == PowerState.Off || _ended)
            {
                return;
            }

            State = PowerState.Off;
            _machine.Files.IsFrozen = true;
            _scheduled?.Dispose();
            _scheduled = null;
            boot = _boot;
            _boot = new CancellationTokenSource();
        }

        if (why != "shutdown")
        {
            _machine.History.Add("power", ("op", why));
        }

        _machine.EventLog.Down(orderly: why == "shutdown");
        _machine.Ports.Update();
        _machine.RaiseDown(why);
        _machine.Tasks.PowerOff(orderly: why == "shutdown");
        boot.Cancel();
        _machine.Services.PowerOff();
        _machine.Processes.Clear();
        _machine.Sessions.EndAll();
        _machine.Files.CloseAllHandles();
        if (NoReturn)
        {
            NoReturn = false;
            _machine.History.Add("power", ("op", "no-return"));
        }
        else if (restart)
        {
            _machine.Clock.ScheduleAfter(off + TimeSpan.FromSeconds(_profile.DurationSeconds), Boot);
        }
    }

    private void Boot()
    {
        lock (_machine.Gate)
        {
            if (State != PowerState.Off || _ended)
            {
                return;
            }

            State = PowerState.Booting;
            _machine.Files.IsFrozen = false;
            BootTime = _machine.Clock.UtcNow;
        }

        _machine.Ipsec.Boot(TimeSpan.FromSeconds(_profile.IpsecGapSeconds));
        StartSystem();
        _pending.ReplaceFiles();
        _machine.Packages.Boot();
        _pending.RenameComputer();
        _machine.Services.Boot(first: false);
        _machine.EventLog.Booted();
        _machine.Booted();
        lock (_machine.Gate)
        {
            if (State != PowerState.Booting)
            {
                return;
            }

            State = PowerState.On;
        }

        _machine.History.Add("boot", ("bootTime", BootTime));
        _machine.Ports.Update();
        if (_machine.Reachable)
        {
            _machine.RaiseUp();
        }

        _machine.Tasks.Boot();
    }

    private void StartSystem()
    {
        if (_machine.Os.Is9x)
        {
            // No such processes, and no program asks.
            return;
        }

        ProcessTable processes = _machine.Processes;
        processes.AddFixed(0, 0, "System Idle Process", 0);
        processes.AddFixed(4, 0, "System", 0);
        processes.AddFixed(316, 4, "smss.exe", 0);
        OsIdentity os = _machine.Os;
        if (os.IsLegacy)
        {
            // One session: services beside the desktop.
            processes.AddFixed(424, 316, "csrss.exe", 0);
            processes.AddFixed(564, 316, "winlogon.exe", 0);
            processes.AddFixed(640, 564, "services.exe", 0);
            processes.AddFixed(652, 564, "lsass.exe", 0);
            return;
        }

        processes.AddFixed(424, 412, "csrss.exe", 0);
        processes.AddFixed(496, 412, "wininit.exe", 0);
        processes.AddFixed(504, 488, "csrss.exe", 1);
        processes.AddFixed(564, 488, "winlogon.exe", 1);
        processes.AddFixed(640, 496, "services.exe", 0);
        processes.AddFixed(652, 496, "lsass.exe", 0);
        processes.AddFixed(920, 564, "LogonUI.exe", 1);
    }
}
