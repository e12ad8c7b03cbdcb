using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Firebreak.Lab.Machines;

/// <summary>
/// The listening sockets of a machine: open while the service behind a port runs, silent to the sources that IPsec or firewall
/// rules cover, silent to all while the machine cannot be reached, refused otherwise. WinRM's port belongs to the front while
/// the machine can be reached.
/// </summary>
public sealed class PortTable : IDisposable
{
    /// <summary>The port that the front owns.</summary>
    public const int WinRmPort = 5985;

    private const int MappedBy = 10_000;
    private const int RpcPort = 135;

    // Of no machine (RFC 5737). What is blocked for it is silent even where nothing listens; to the few that a rule lets through too, which is the lab's limit.
    private static readonly IPAddress s_stranger = IPAddress.Parse("192.0.2.1");
    private readonly Machine _machine;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, string> _tcp;
    private readonly Dictionary<int, string> _udp;
    private readonly Dictionary<int, IDisposable> _open = [];
    private readonly List<Socket> _udpSockets = [];
    private readonly Dictionary<int, int> _tcpMapping = [];
    private readonly Dictionary<int, int> _udpMapping = [];
    private bool _started;
    private bool _frontClosed;

    internal PortTable(Machine machine, MachineProfile profile)
    {
        _machine = machine;
        _tcp = Ports(profile.Listens.Tcp);
        _udp = Ports(profile.Listens.Udp);
    }

    /// <summary>Windows TCP port → port that is really bound (the same, or +10000 where the user may not bind it). WinRM's is not in it.</summary>
    public IReadOnlyDictionary<int, int> TcpMapping => _tcpMapping;

    /// <summary>Windows UDP port → port that is really bound.</summary>
    public IReadOnlyDictionary<int, int> UdpMapping => _udpMapping;

    /// <summary>TCP ports something listens on now, with the service ("" = the system).</summary>
    public IReadOnlyDictionary<int, string> Listening =>
        _machine.Reachable ? _tcp.Where(p => HasListener(p.Value)).ToDictionary(p => p.Key, p => p.Value) : new Dictionary<int, string>();

    /// <summary>UDP ports something listens on now.</summary>
    public IReadOnlyList<int> ListeningUdp => _machine.Reachable ? [.. _udp.Where(p => HasListener(p.Value)).Select(p => p.Key)] : [];

    /// <summary>Whether a TCP connection from this source would be answered: for callers inside the emulation and for WinRM's port.</summary>
    public bool IsOpen(IPAddress source, int port) =>
        Listening.ContainsKey(port) && PacketRules.For(_machine, 6, port).Allows(source, 0);

    /// <summary>The front has closed its listener: WinRM's port turns silent if the machine is off or its network down.</summary>
    public void FrontClosed()
    {
        lock (_gate)
        {
            _frontClosed = true;
        }

        Update();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _started = false;
            foreach (IDisposable port in _open.Values)
            {
                port.Dispose();
            }

            foreach (Socket socket in _udpSockets)
            {
                socket.Dispose();
            }

            _open.Clear();
            _udpSockets.Clear();
        }
    }

    /// <summary>Binds all ports for the first time.</summary>
    internal void Open()
    {
        lock (_gate)
        {
            foreach (int port in _tcp.Keys.Where(p => p != WinRmPort))
            {
                _tcpMapping[port] = Bind(port, real => new TcpPort(_machine.Address, real).Dispose());
            }

            foreach (int port in _udp.Keys)
            {
                _udpMapping[port] = Bind(port, real =>
                {
                    Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 2048 };
                    _udpSockets.Add(socket);
                    socket.Bind(new IPEndPoint(_machine.Address, real));
                });
            }

            _started = true;
        }

        Update();
    }

    /// <summary>Brings the sockets in line with the machine. Not to be called under the machine's lock.</summary>
    internal void Update()
    {
        lock (_gate)
        {
            if (!_started)
            {
                return;
            }

            bool reachable = _machine.Reachable;
            _frontClosed &= !reachable;
            foreach ((int port, string service) in _tcp)
            {
                PacketRules? wanted = port == WinRmPort
                    ? _frontClosed ? PacketRules.Silent : null
                    : !reachable ? PacketRules.Silent
                    : HasListener(service) ? PacketRules.For(_machine, 6, port)
                    : PacketRules.For(_machine, 6, port).Allows(s_stranger, 0) ? null
                    : PacketRules.Silent;
                Apply(port, wanted);
            }
        }
    }

    private static Dictionary<int, string> Ports(IReadOnlyDictionary<string, string> ports) =>
        ports.ToDictionary(p => int.Parse(p.Key, NumberStyles.None, CultureInfo.InvariantCulture), p => IsImage(p.Value) ? p.Value.ToLowerInvariant() : p.Value);

    private static int Bind(int port, Action<int> bind)
    {
        try
        {
            bind(port);
            return port;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied && port < 1024)
        {
            bind(port + MappedBy);
            return port + MappedBy;
        }
    }

    /// <summary>A process has begun or ended. Not to be called under the machine's lock.</summary>
    internal void ProcessChanged(string image)
    {
        if (_tcp.ContainsValue(image.ToLowerInvariant()))
        {
            Update();
        }
    }

    private bool HasListener(string owner) => owner.Length == 0
        || (IsImage(owner) ? _machine.Processes.All.Any(p => p.Name.Equals(owner, StringComparison.OrdinalIgnoreCase)) : _machine.Services.IsRunning(owner));

    private static bool IsImage(string owner) => owner.EndsWith(".exe", StringComparison.OrdinalIgnoreCase);

    private void Apply(int port, PacketRules? wanted)
    {
        _open.TryGetValue(port, out IDisposable? socket);
        bool clog = ReferenceEquals(wanted, PacketRules.Silent) && !PacketFilter.IsAvailable;
        if (wanted is not null && clog == socket is CloggedPort && socket is not null)
        {
            (socket as TcpPort)?.SetRules(wanted);
            return;
        }

        _open.Remove(port);
        socket?.Dispose();
        int real = _tcpMapping.GetValueOrDefault(port, port);
        if (clog)
        {
            _open[port] = new CloggedPort(_machine.Address, real);
        }
        else if (wanted is not null)
        {
            TcpPort listener = new(_machine.Address, real, port == RpcPort && !_machine.Os.Is9x ? _machine.Rpc.Connect : null);
            _open[port] = listener;
            listener.Listen(wanted);
        }
    }
}
