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
        EventLog = new EventLog(this, profile.EventLog);
        Power = new Power(this, profile.Boot);
        Network = new NetworkState(this);
        Processes = new ProcessTable(this);
        Services = new ServiceTable(this);
        Accounts = new Accounts(this, profile);
        Sessions = new UserSessions(this, profile);
        Tasks = new TaskTable(this);
        Packages = new PackageCatalog(this, profile);
        Ipsec = new IpsecState(this);
        Firewall = new FirewallState(this);
        Exceptions = new ExceptionFirewall(this);
        Icf = new ConnectionFirewall(this);
        Rpc = new RpcEndpoint(this);
        Ports = new PortTable(this, profile);
        Programs = new ProgramTable(this, ProgramCatalog.For(profile));
        Trouble = new TroubleBox(this);
        Furnish(profile);
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

    /// <summary>Windows Firewall since Vista.</summary>
    public FirewallState Firewall { get; }

    /// <summary>Windows Firewall of XP SP2 and Server 2003 SP1.</summary>
    public ExceptionFirewall Exceptions { get; }

    /// <summary>The Internet Connection Firewall of XP and Server 2003 before that.</summary>
    public ConnectionFirewall Icf { get; }

    /// <summary>What its RPC service answers to those who have not logged on.</summary>
    public RpcEndpoint Rpc { get; }

    /// <summary>Listening sockets.</summary>
    public PortTable Ports { get; }

    /// <summary>The network.</summary>
    public NetworkState Network { get; }

    /// <summary>The log System.</summary>
    public EventLog EventLog { get; }

    /// <summary>Accounts.</summary>
    public Accounts Accounts { get; }

    /// <summary>Users who are logged on.</summary>
    public UserSessions Sessions { get; }

    /// <summary>What of logons is audited: 0 nothing, 1 success, 2 failure, 3 both. Windows's own setting: nothing before Vista, then success, on servers both.</summary>
    public int AuditLogon => _profile.AuditLogon ?? (Os.IsLegacy ? 0 : Os.ProductType == 1 ? 1 : 3);

    /// <summary>Fixed disks and their file systems.</summary>
    public IReadOnlyDictionary<string, string> Disks => _profile.Disks.ContainsKey("C:") ? _profile.Disks : new Dictionary<string, string>(_profile.Disks) { ["C:"] = "NTFS" };

    /// <summary>Power and boot.</summary>
    public Power Power { get; }

    /// <summary>What goes wrong.</summary>
    public TroubleBox Trouble { get; }

    /// <summary>All that happened.</summary>
    public History History { get; }

    /// <summary>Runs powershell.exe; set by the engine. Without it powershell.exe fails loudly.</summary>
    public PowerShellRunner? PowerShellRunner { get; set; }

    /// <summary>Whether ADMIN$, C$ and IPC$ are there.</summary>
    public bool HasAdminShares => _profile.AdminShares ?? !Os.Is9x;

    /// <summary>Whether DCOM answers: EnableDCOM as it was at the last boot.</summary>
    public bool DcomEnabled { get; private set; } = true;

    /// <summary>Whether anything of it can be reached: on (or still going down) and on the network.</summary>
    public bool Reachable => Power.State is PowerState.On or PowerState.ShuttingDown && Network.IsUp;

    /// <summary>Local time of the machine now.</summary>
    public DateTimeOffset LocalNow => Clock.UtcNow.ToOffset(Os.UtcOffset);

    /// <summary>One lock for all state of the machine; re-entrant. Events are raised outside it.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Builds a machine from JSON.</summary>
    /// <exception cref="JsonException">The profile is wrong.</exception>
    public static Machine FromJson(string host, IPAddress address, JsonElement profile, LabClock clock) => new(host, address, MachineProfile.Parse(profile), clock);

    /// <summary>The machine as it was before the lab: up since its profile's uptime. Binds the ports and raises <see cref="Up"/>.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">An address or port cannot be bound.</exception>
    public void Start()
    {
        Power.Resume();
        EventLog.Furnish();
        Ipsec.ServiceStarted();
        Ports.Open();
        History.Recording = true;
        Registry.Changed += OnRegistryChanged;
        Services.Changed += OnServiceChanged;
        foreach (TroubleProfile trouble in _profile.Trouble)
        {
            Trouble.Add(trouble);
        }

        if (Reachable)
        {
            Up?.Invoke();
        }
    }

    /// <summary>Environment variables of a process of this account, names in their usual case.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOf(string account)
    {
        return EnvironmentBlock.Of(_profile, account);
    }

    /// <summary>Ends everything and frees the ports.</summary>
    public void Dispose()
    {
        Power.End();
        Ports.Dispose();
    }

    internal void RaiseUp() => Up?.Invoke();

    internal void RaiseDown(string why) => Down?.Invoke(why);

    /// <summary>The system is up: what it reads once at its boot, and what runs without being a service.</summary>
    internal void Booted()
    {
        DerivedRegistry.ApplyHardware(this);
        // Windows 2000 heeds it from SP3 on (KB825750).
        bool heeds = Os.Number != new Version(5, 0) || Os.ServicePack >= 3;
        DcomEnabled = !heeds || !"N".Equals(Registry.GetValue(@"HKLM\SOFTWARE\Microsoft\OLE", "EnableDCOM")?.Data as string, StringComparison.OrdinalIgnoreCase);
        Rpc.Booted();
        foreach (ProcessProfile process in _profile.Processes)
        {
            string path = Files.Normalize(process.Path);
            bool isWanted = Files.FileExists(path) && (process.Run is not { } run || Registry.GetValue(run.Key, run.Name) is not null);
            if (isWanted)
            {
                Processes.Add(FilePath.Leaf(path), path, CommandLine.Quote(path), process.Account, 8, out _);
            }
        }
    }

    private void OnServiceChanged(ServiceEntry service)
    {
        if (service.Name.Equals("PolicyAgent", StringComparison.OrdinalIgnoreCase))
        {
            if (service.State == ServiceState.Running)
            {
                Ipsec.ServiceStarted();
            }
            else
            {
                Ipsec.ServiceStopped();
            }
        }

        Ports.Update();
    }

    private string? Variable(string name) => EnvironmentBlock.Of(_profile, "").GetValueOrDefault(name);

    private void OnRegistryChanged(RegistryChange change)
    {
        History.Add("registry", ("op", change.Op), ("key", change.Key), ("name", change.Name), ("value", change.Value?.ToJson()));
        Ipsec.OnRegistryChanged(change.Key);
        Firewall.OnRegistryChanged(change.Key);
    }

    private void Furnish(MachineProfile profile)
    {
        DerivedRegistry.Apply(this);
        string users = EnvironmentBlock.UsersFolder(Os);
        string[] ofTheEra = Os.IsLegacy ? [Os.SystemRoot + @"\Tasks", users + @"\All Users"] : [Os.System32 + @"\Tasks", @"C:\ProgramData", users + @"\Public"];
        foreach (string folder in (string[])[Os.System32 + @"\drivers", Os.SystemRoot + @"\TEMP", @"C:\Program Files", .. ofTheEra])
        {
            Files.CreateFolder(folder);
        }

        foreach (string user in profile.Accounts.Keys)
        {
            Files.CreateFolder(EnvironmentBlock.Of(profile, $@"{profile.Name}\{user}")["TEMP"]);
        }

        foreach ((string path, FileProfile file) in profile.Files)
        {
            Files.Install(path, file);
        }

        foreach (string path in ProgramCatalog.For(profile).Keys.Where(p => !Files.FileExists(p)))
        {
            Files.Install(path, new FileProfile { Version = $"{Os.Version}.1", Size = 100_000 });
        }

        foreach ((string name, ServiceProfile service) in profile.Services)
        {
            Services.Define(name, service);
        }

        Ipsec.Apply(profile.Ipsec);
        Firewall.Furnish();
        Exceptions.Furnish();
        Packages.Furnish(profile);
        Registry.Apply(profile.Registry);
    }
}
