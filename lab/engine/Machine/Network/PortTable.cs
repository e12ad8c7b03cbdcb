using System.Net;

namespace Firebreak.Lab.Machines;

/// <summary>The listening sockets of a machine. WinRM's port belongs to the front while the machine is up and reachable.</summary>
public sealed class PortTable
{
    /// <summary>The port that the front owns.</summary>
    public const int WinRmPort = 5985;

    private readonly Machine _machine;

    internal PortTable(Machine machine, MachineProfile profile)
    {
        _machine = machine;
        _ = profile;
    }

    /// <summary>Windows TCP port → port that is really bound (the same, or +10000 where the user may not bind it).</summary>
    public IReadOnlyDictionary<int, int> TcpMapping { get; } = new Dictionary<int, int>();

    /// <summary>Windows UDP port → port that is really bound.</summary>
    public IReadOnlyDictionary<int, int> UdpMapping { get; } = new Dictionary<int, int>();

    /// <summary>Whether a TCP connection from this source would be answered: for callers inside the emulation and for WinRM's port.</summary>
    public bool IsOpen(IPAddress source, int port) => _machine.Power.State == PowerState.On;

    /// <summary>TCP ports something listens on now, with the service ("" = the system).</summary>
    public IReadOnlyDictionary<int, string> Listening { get; } = new Dictionary<int, string>();

    /// <summary>The front has closed its listener: WinRM's port turns silent if the machine is off or its network down.</summary>
    public void FrontClosed()
    {
    }

    internal void Update()
    {
    }
}
