namespace Firebreak.Lab.Machines;

/// <summary>What goes wrong on a machine, now or later. Failing and hanging installers stay so until <see cref="Clear"/>.</summary>
public sealed class TroubleBox
{
    // Of no machine (RFC 5737), so that no rule lets it through by name.
    private static readonly System.Net.IPAddress s_worm = System.Net.IPAddress.Parse("198.51.100.66");
    private readonly Machine _machine;
    private readonly List<TroubleProfile> _whenInstalling = [];
    private int? _installerFails;
    private bool _installerHangs;
    private IDisposable? _attack;

    internal TroubleBox(Machine machine)
    {
        _machine = machine;
    }

    /// <summary>Brings trouble, or takes it away: <c>none</c> and <c>power-on</c>.</summary>
    /// <exception cref="ArgumentException">Unknown kind or moment.</exception>
    public void Add(TroubleProfile trouble)
    {
        if (trouble.When is not ("now" or "installing"))
        {
            throw new ArgumentException($"trouble comes now or installing, not {trouble.When}");
        }

        switch (trouble.Kind)
        {
            case "network-loss" or "power-loss" when trouble.When == "installing":
                lock (_machine.Gate)
                {
                    _whenInstalling.Add(trouble);
                }

                break;
            case "network-loss" or "power-loss":
                Fire(trouble);
                break;
            case "rpc-crash":
                _machine.Clock.ScheduleAfter(TimeSpan.FromSeconds(trouble.After), CrashRpc);
                break;
            case "rpc-attack":
                if (trouble.Every <= 0)
                {
                    throw new ArgumentException("the lab attacks every so many seconds, more than none");
                }

                lock (_machine.Gate)
                {
                    _attack?.Dispose();
                    _attack = _machine.Clock.ScheduleAfter(TimeSpan.FromSeconds(trouble.After), () => Attack(TimeSpan.FromSeconds(trouble.Every)));
                }

                break;
            case "installer-fails":
                lock (_machine.Gate)
                {
                    _installerFails = trouble.ExitCode ?? 1603;
                }

                break;
            case "installer-hangs":
                lock (_machine.Gate)
                {
                    _installerHangs = true;
                }

                break;
            case "rpc-silent" or "rpc-garbage" or "rpc-half" or "rpc-reset" or "rpc-fault" or "rpc-short":
                _machine.Rpc.Oddity = Enum.Parse<RpcOddity>(trouble.Kind[4..], ignoreCase: true);
                break;
            case "no-return":
                _machine.Power.NoReturn = true;
                break;
            case "icf-on" or "icf-off":
                _machine.Icf.Tick(trouble.Kind == "icf-on");
                return;
            case "none":
                Clear();
                return;
            case "power-on":
                _machine.Power.TurnOn();
                return;
            default:
                throw new ArgumentException($"the lab has no trouble {trouble.Kind}");
        }

        _machine.History.Add("trouble", ("trouble", trouble.Kind), ("when", trouble.When));
    }

    /// <summary>Mends the machine: no installer fails or hangs, the next reboot comes back, the network is there.</summary>
    public void Clear()
    {
        lock (_machine.Gate)
        {
            _whenInstalling.Clear();
            _installerFails = null;
            _installerHangs = false;
            _attack?.Dispose();
            _attack = null;
            _machine.Power.NoReturn = false;
        }

        _machine.Rpc.Oddity = RpcOddity.None;

        _machine.History.Add("trouble", ("trouble", "none"));
        _machine.Network.Restore();
    }

    /// <summary>An installer begins its work: what waited for it happens; tells how the installer will end.</summary>
    internal (int? Fails, bool Hangs) InstallerStarts()
    {
        TroubleProfile[] fire;
        lock (_machine.Gate)
        {
            fire = [.. _whenInstalling];
            _whenInstalling.Clear();
        }

        foreach (TroubleProfile trouble in fire)
        {
            Fire(trouble);
        }

        lock (_machine.Gate)
        {
            return (_installerFails, _installerHangs);
        }
    }

    /// <summary>A worm elsewhere tries again and again: where it gets through to a hole that is open, the service dies.</summary>
    private void Attack(TimeSpan every)
    {
        lock (_machine.Gate)
        {
            if (_attack is null)
            {
                return;
            }

            _attack = _machine.Clock.ScheduleAfter(every, () => Attack(every));
        }

        if (_machine.Ports.IsOpen(s_worm, 135) && _machine.Rpc.IsVulnerable)
        {
            _machine.History.Add("rpc", ("call", "attack"), ("from", s_worm.ToString()));
            CrashRpc();
        }
    }

    private void CrashRpc()
    {
        if (_machine.Services.Get("RpcSs") is { State: ServiceState.Running } rpc)
        {
            _machine.Processes.Kill(rpc.ProcessId);
        }
    }

    private void Fire(TroubleProfile trouble)
    {
        TimeSpan? lasts = trouble.For is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        Action happen = trouble.Kind == "network-loss"
            ? () => _machine.Network.Lose(lasts)
            : () => _machine.Power.Lose(lasts ?? TimeSpan.Zero);
        if (trouble.After > 0)
        {
            _machine.Clock.ScheduleAfter(TimeSpan.FromSeconds(trouble.After), happen);
        }
        else
        {
            happen();
        }
    }
}
