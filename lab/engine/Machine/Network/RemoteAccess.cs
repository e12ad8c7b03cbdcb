namespace Firebreak.Lab.Machines;

/// <summary>
/// The one place that answers whether a process of one machine, with its own identity or a credential, reaches a service of
/// another. Belongs to a logon session: the connections it made are kept and shared by all processes of that logon, as the
/// redirector of Windows does. A logon over the network (NTLM, Kerberos) has nothing to log on further with and is nobody
/// on the next machine; one with its password (Basic, a stored or typed one) passes through where the next machine has an
/// account of the same name and password.
/// </summary>
public sealed class RemoteAccess
{
    /// <summary>ERROR_ACCESS_DENIED.</summary>
    public const int AccessDenied = 5;

    /// <summary>ERROR_BAD_NETPATH.</summary>
    public const int BadNetPath = 53;

    /// <summary>ERROR_SMB1_NOT_AVAILABLE.</summary>
    public const int NoSmb1 = 384;

    /// <summary>REGDB_E_CLASSNOTREG: no WMI behind the port.</summary>
    public const int ClassNotRegistered = unchecked((int)0x80040154);

    /// <summary>ERROR_LOGON_FAILURE.</summary>
    public const int LogonFailure = 1326;

    /// <summary>RPC_S_SERVER_UNAVAILABLE.</summary>
    public const int RpcUnavailable = 1722;

    // Version 1709: no SMB 1 client by default any more.
    private const int WithoutSmb1 = 16299;

    private static readonly string[] s_self = [".", "localhost", "127.0.0.1", "::1"];
    private readonly Lock _gate = new();
    private readonly Dictionary<(Machine Source, Machine Target), Connection> _connections = [];

    /// <summary>Opens the way, or uses the connection that the logon session has already.</summary>
    /// <param name="source">Where the caller runs.</param>
    /// <param name="caller">Who it is.</param>
    /// <param name="target">Name or address of the other machine.</param>
    /// <param name="service">What is wanted there; all of them are for administrators only.</param>
    /// <param name="credential">As whom; null: as the caller itself.</param>
    /// <exception cref="LabWin32Exception">
    /// 53 or 1722: not there, off, or its port closed to the source; 5: denied; 1326, 1331, 1909: the logon was refused;
    /// 1219: connected already as somebody else; 384: the target speaks SMB 1 alone and the source no longer does; 0x80040154:
    /// no WMI there.
    /// </exception>
    public RemoteGrant Reach(Machine source, ProgramContext caller, string target, RemoteService service, RemoteCredential? credential = null)
    {
        if (s_self.Contains(target, StringComparer.OrdinalIgnoreCase) || source.Network.Lan?.Find(target) is not { } machine)
        {
            machine = s_self.Contains(target, StringComparer.OrdinalIgnoreCase) ? source : throw Unreachable(service);
        }

        if (machine == source && credential is null)
        {
            return caller.IsAdmin ? new(source, caller) : throw Denied();
        }

        // A Windows client tries SMB over TCP and over NetBIOS at once.
        int[] ports = service == RemoteService.Wmi ? [135] : [445, 139];
        if (!source.Network.IsUp || !ports.Any(p => machine.Ports.IsOpen(source.Address, p)))
        {
            throw Unreachable(service);
        }

        if (service != RemoteService.Wmi && source.Os.Build >= WithoutSmb1 && machine.Os.IsLegacy && !source.Services.IsRunning("mrxsmb10"))
        {
            throw new LabWin32Exception(NoSmb1, "You can't connect to the file share because it's not secure. This share requires the obsolete SMB1 protocol, which is unsafe and could expose your system to attack.");
        }

        CheckServed(machine, service);

        lock (_gate)
        {
            // DCOM logs on for every call; the redirector keeps one connection to a machine.
            if (service != RemoteService.Wmi && _connections.TryGetValue((source, machine), out Connection? known) && known.BootTime == machine.Power.BootTime)
            {
                if (credential is null || credential == known.Credential)
                {
                    return Allowed(known.Grant, service);
                }

                if (!known.Grant.Context.Account.EndsWith("\\" + credential.Name, StringComparison.OrdinalIgnoreCase))
                {
                    throw new LabWin32Exception(1219, "Multiple connections to a server or shared resource by the same user, using more than one user name, are not allowed. Disconnect all previous connections to the server or shared resource and try again.");
                }
            }

            RemoteGrant grant = Allowed(LogOn(source, caller, machine, credential), service);
            if (service != RemoteService.Wmi)
            {
                _connections[(source, machine)] = new(grant, credential, machine.Power.BootTime);
            }

            return grant;
        }
    }

    /// <summary>Drops the connection to a machine (net use /delete); false if there is none.</summary>
    public bool Disconnect(Machine source, string target)
    {
        lock (_gate)
        {
            return source.Network.Lan?.Find(target) is { } machine && _connections.Remove((source, machine));
        }
    }

    private static RemoteGrant LogOn(Machine source, ProgramContext caller, Machine machine, RemoteCredential? credential)
    {
        if ((credential ?? OwnCredential(source, caller)) is not { } used)
        {
            machine.History.Add("logon", ("user", "ANONYMOUS LOGON"), ("granted", false), ("reason", "anonymous"), ("logon", LogonKind.Network.ToString()), ("from", source.Host));
            throw Denied();
        }

        if (machine.Os.Number == new Version(5, 1) && machine.Registry.GetValue(@"HKLM\SYSTEM\CurrentControlSet\Control\Lsa", "ForceGuest")?.Data is 1)
        {
            // Simple file sharing: whoever comes over the network is the guest.
            machine.History.Add("logon", ("user", used.Name), ("granted", true), ("reason", "force-guest"), ("logon", LogonKind.Network.ToString()), ("from", source.Host));
            throw Denied();
        }

        LogonResult result = machine.Accounts.Logon(used.Name, used.Password, LogonKind.Network, source.Host);
        if (!result.Granted)
        {
            throw result.Reason switch
            {
                "locked-out" => new LabWin32Exception(1909, "The referenced account is currently locked out and may not be logged on to."),
                "restricted" => new LabWin32Exception(1327, "Account restrictions are preventing this user from signing in. For example: blank passwords aren't allowed."),
                "disabled" => new LabWin32Exception(1331, "This user can't sign in because this account is currently disabled."),
                _ => new LabWin32Exception(LogonFailure, "The user name or password is incorrect."),
            };
        }

        return new(machine, new ProgramContext { Account = result.Account!, IsAdmin = result.Admin, Logon = LogonKind.Network });
    }

    /// <summary>Everything but a mere connection is for administrators.</summary>
    private static RemoteGrant Allowed(RemoteGrant grant, RemoteService service) => service == RemoteService.Ipc || grant.Context.IsAdmin ? grant : throw Denied();

    /// <summary>What the caller's logon left behind to log on further with.</summary>
    private static RemoteCredential? OwnCredential(Machine source, ProgramContext caller) =>
        caller.Logon is LogonKind.NetworkCleartext or LogonKind.Interactive && source.Accounts.PasswordOf(caller.Account) is { } password
            ? new(caller.Account, password)
            : null;

    private static void CheckServed(Machine machine, RemoteService service)
    {
        bool isServed = service switch
        {
            RemoteService.Smb or RemoteService.Ipc => true,
            _ when machine.Os.Is9x => false,
            RemoteService.Registry => machine.Os.Number.Major == 4 || machine.Services.IsRunning("RemoteRegistry"),
            RemoteService.Scheduler => machine.Services.IsRunning("Schedule"),
            _ => true,
        };
        if (!isServed)
        {
            throw Unreachable(service);
        }

        if (service == RemoteService.Wmi)
        {
            CheckWmi(machine);
        }
    }

    private static void CheckWmi(Machine machine)
    {
        if (!machine.DcomEnabled)
        {
            throw Denied();
        }

        if (!machine.Os.IsLegacy || machine.Services.IsRunning("winmgmt"))
        {
            return;
        }

        if (machine.Services.Get("winmgmt") is not { } wmi)
        {
            throw new LabWin32Exception(ClassNotRegistered, "Class not registered");
        }

        if (wmi.Start == ServiceStart.Disabled)
        {
            throw new LabWin32Exception(1058, "The service cannot be started, either because it is disabled or because it has no enabled devices associated with it.");
        }

        machine.Services.Start("winmgmt");
    }

    private static LabWin32Exception Denied() => new(AccessDenied, "Access is denied.");

    private static LabWin32Exception Unreachable(RemoteService service) => service is RemoteService.Wmi or RemoteService.ServiceControl
        ? new(RpcUnavailable, "The RPC server is unavailable.")
        : new(BadNetPath, "The network path was not found.");

    private sealed record Connection(RemoteGrant Grant, RemoteCredential? Credential, DateTimeOffset BootTime);
}
