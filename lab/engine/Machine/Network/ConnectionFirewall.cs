namespace Firebreak.Lab.Machines;

/// <summary>
/// The Internet Connection Firewall (ICF) of XP and Server 2003 before Windows Firewall, on the machine's one connection: shuts all
/// that is not asked for from inside out, for everybody, while its service runs. Only a person at the console switches it; where
/// Windows keeps the switch is not established, so that nothing on the machine reads it.
/// </summary>
public sealed class ConnectionFirewall
{
    private const string Service = "SharedAccess";
    private readonly Machine _machine;
    private bool _isTicked;

    internal ConnectionFirewall(Machine machine)
    {
        _machine = machine;
    }

    /// <summary>Whether the machine has it.</summary>
    public bool Exists => _machine.Os.Number.Major == 5 && _machine.Os.Number.Minor >= 1 && !_machine.Exceptions.Exists && _machine.Services.Get(Service) is not null;

    /// <summary>Whether packets are shut out now.</summary>
    public bool IsInForce => _isTicked && _machine.Services.IsRunning(Service);

    /// <summary>What ticking the box in the properties of the connection does; the service comes with it, and stays when it goes.</summary>
    /// <exception cref="ArgumentException">The machine has none, its service is disabled, or a Group Policy forbids it.</exception>
    public void Tick(bool ticked)
    {
        if (!Exists)
        {
            throw new ArgumentException("the machine has no Internet Connection Firewall");
        }

        if (_machine.Registry.GetValue(@"HKLM\SOFTWARE\Policies\Microsoft\Windows\Network Connections", "NC_PersonalFirewallConfig")?.Data is 0)
        {
            throw new ArgumentException("a Group Policy prohibits the Internet Connection Firewall");
        }

        if (ticked && _machine.Services.Get(Service)!.Start == ServiceStart.Disabled)
        {
            throw new ArgumentException("the service of the Internet Connection Firewall is disabled");
        }

        _isTicked = ticked;
        if (ticked)
        {
            _machine.Services.SetStart(Service, ServiceStart.Automatic);
            _machine.Services.Start(Service);
        }

        _machine.History.Add("firewall", ("op", ticked ? "icf-on" : "icf-off"));
        _machine.Ports.Update();
    }
}
