using System.Net;
using System.Text.Json;

namespace Firebreak.Lab.Machines;

/// <summary>One emulated Windows machine: state, programs, ports, history. Safe for use by several threads.</summary>
public sealed class Machine : IDisposable
{
    private readonly MachineProfile _profile;

    /// <summary>Builds a machine from its resolved profile. It is off until <see cref="Start"/>.</summary>
    /// <param name="host">Name of the host in the lab.</param>
    /// <param name="address">Its own address.</param>
    /// <param name="profile">The resolved profile.</param>
    /// <param name="clock">The lab's clock.</param>
    public Machine(string host, IPAddress address, MachineProfile profile, LabClock clock)
    {
        _profile = profile;
        Host = host;
        Address = address;
        Clock = clock;
        Os = new OsIdentity(profile.Os);
        History = new History(clock);
        Registry = new RegistryTree(Gate, Os.Is64Bit);
        Files = new FileTable(Gate, () => clock.UtcNow, Variable, History);
        Power = new Power(this, profile.Boot);
        Network = new NetworkState(this);
        Processes = new ProcessTable(this);
        Services = new ServiceTable(this);
        Accounts = new Accounts(this, profile);
        Tasks = new TaskTable(this);
        Packages = new PackageCatalog(this, profile);
        Ipsec = new IpsecState(this, profile);
        Firewall = new FirewallState(this);
        Ports = new PortTable(this, profile);
        Programs = new ProgramTable(this, new Dictionary<string, ILabProgram>());
        Trouble = new TroubleBox(this);
    }

    /// <summary>The machine is up and its network too: WinRM may listen.</summary>
    public event Action? Up;

    /// <summary>The machine is down or off the network; the argument says why: shutdown, power-loss or network.</summary>
    public event Action<string>? Down;

    /// <summary>Name of the host in the lab.</summary>
    public string Host { get; }

    /// <summary>Its own address.</summary>
    public IPAddress Address { get; }

    /// <summary>NetBIOS name.</summary>
    public string Name => _profile.Name;

    /// <summary>PowerShell on the machine, or null.</summary>
    public PowerShellProfile? PowerShell => _profile.Powershell;

    /// <summary>The lab's clock.</summary>
    public LabClock Clock { get; }

    /// <summary>The operating system.</summary>
    public OsIdentity Os { get; }

    /// <summary>The registry.</summary>
    public RegistryTree Registry { get; }

    /// <summary>The file system.</summary>
    public FileTable Files { get; }

    /// <summary>Services.</summary>
    public ServiceTable Services { get; }

    /// <summary>Processes.</summary>
    public ProcessTable Processes { get; }

    /// <summary>Scheduled tasks.</summary>
    public TaskTable Tasks { get; }

    /// <summary>Programs.</summary>
    public ProgramTable Programs { get; }

    /// <summary>Packages.</summary>
    public PackageCatalog Packages { get; }

    /// <summary>IPsec.</summary>
    public IpsecState Ipsec { get; }

    /// <summary>Windows Firewall.</summary>
    public FirewallState Firewall { get; }

    /// <summary>Listening sockets.</summary>
    public PortTable Ports { get; }

    /// <summary>The network.</summary>
    public NetworkState Network { get; }

    /// <summary>Accounts.</summary>
    public Accounts Accounts { get; }

    /// <summary>Power and boot.</summary>
    public Power Power { get; }

    /// <summary>What goes wrong.</summary>
    public TroubleBox Trouble { get; }

    /// <summary>All that happened.</summary>
    public History History { get; }

    /// <summary>Runs powershell.exe; set by the engine. Without it powershell.exe fails loudly.</summary>
    public PowerShellRunner? PowerShellRunner { get; set; }

    /// <summary>Local time of the machine now.</summary>
    public DateTimeOffset LocalNow => Clock.UtcNow.ToOffset(Os.UtcOffset);

    /// <summary>One lock for all state of the machine; re-entrant. Events are raised outside it.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Builds a machine from JSON.</summary>
    /// <exception cref="JsonException">The profile is wrong.</exception>
    public static Machine FromJson(string host, IPAddress address, JsonElement profile, LabClock clock) => new(host, address, MachineProfile.Parse(profile), clock);

    /// <summary>The machine as it was before the lab: up since its profile's uptime. Binds the ports and raises <see cref="Up"/>.</summary>
    public void Start()
    {
        Up?.Invoke();
    }

    /// <summary>Environment variables of a process of this account, names in their usual case.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOf(string account)
    {
        _ = account;
        return new Dictionary<string, string>();
    }

    /// <summary>Ends everything and frees the ports.</summary>
    public void Dispose()
    {
        Down?.Invoke("shutdown");
    }

    private string? Variable(string name) => EnvironmentOf("").FirstOrDefault(v => v.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
