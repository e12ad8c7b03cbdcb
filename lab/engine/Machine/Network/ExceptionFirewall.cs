using System.Globalization;
using System.Net;

namespace Firebreak.Lab.Machines;

/// <summary>
/// Windows Firewall of XP SP2 and Server 2003 SP1, as the registry has it: it lets nobody in but by exceptions, by port or for
/// remote administration, each with a scope. In effect while the service SharedAccess runs and the profile of the network is on.
/// </summary>
public sealed class ExceptionFirewall
{
    private const string Switch = "EnableFirewall";
    private const string Shut = "DoNotAllowExceptions";
    private const string Service = "SharedAccess";
    private const string Open = @"\GloballyOpenPorts\List";
    private const string RemoteAdmin = @"\RemoteAdminSettings";
    private static readonly int[] s_remoteAdmin = [135, 445];
    private readonly Machine _machine;

    internal ExceptionFirewall(Machine machine)
    {
        _machine = machine;
    }

    /// <summary>The two profiles.</summary>
    public static IReadOnlyList<string> Profiles { get; } = ["Domain", "Standard"];

    /// <summary>Whether the machine has it: XP from SP2, Server 2003 from SP1 on.</summary>
    public bool Exists => _machine.Os.Number.Major == 5 && _machine.Os.ServicePack >= (_machine.Os.Number.Minor == 1 ? 2 : _machine.Os.Number.Minor == 2 ? 1 : int.MaxValue);

    /// <summary>Whether its service runs.</summary>
    public bool IsRunning => _machine.Services.IsRunning(Service);

    /// <summary>Domain on members of a domain, else Standard.</summary>
    public string ActiveProfile => _machine.Os.Domain is null ? "Standard" : "Domain";

    /// <summary>Whether a profile is on: Group Policy first, then the local setting; on where nobody has said anything.</summary>
    public bool IsOn(string profile) => (Number(Policy(profile), Switch) ?? Number(Local(profile), Switch) ?? 1) != 0;

    /// <summary>The exception of a port, or null.</summary>
    public string? Port(string profile, string name) => _machine.Registry.GetValue(Local(profile) + Open, name)?.Data as string;

    /// <summary>Turns a profile on or off locally, and its exceptions.</summary>
    public void SetSwitch(string profile, bool enabled, bool exceptions)
    {
        _machine.Registry.SetValue(Local(profile), Switch, RegistryValue.Dword(enabled ? 1 : 0));
        if (!exceptions || Number(Local(profile), Shut) is not null)
        {
            _machine.Registry.SetValue(Local(profile), Shut, RegistryValue.Dword(exceptions ? 0 : 1));
        }

        _machine.History.Add("firewall", ("op", "set-profile"), ("profile", profile), ("enabled", enabled));
    }

    /// <summary>Writes the exception of a port, PORT:PROTOCOL.</summary>
    public void SetPort(string profile, string name, string text)
    {
        _machine.Registry.SetValue(Local(profile) + Open, name, RegistryValue.Sz(text));
        _machine.History.Add("firewall", ("op", "set-exception"), ("profile", profile), ("exception", text));
    }

    /// <summary>Removes the exception of a port; false if there is none.</summary>
    public bool RemovePort(string profile, string name)
    {
        if (!_machine.Registry.DeleteValue(Local(profile) + Open, name))
        {
            return false;
        }

        _machine.History.Add("firewall", ("op", "remove-exception"), ("profile", profile), ("exception", name));
        return true;
    }

    /// <summary>The exception for remote administration.</summary>
    public void SetRemoteAdmin(string profile, bool enabled, string scope)
    {
        _machine.Registry.SetValue(Local(profile) + RemoteAdmin, "Enabled", RegistryValue.Dword(enabled ? 1 : 0));
        _machine.Registry.SetValue(Local(profile) + RemoteAdmin, "RemoteAddresses", RegistryValue.Sz(scope));
        _machine.History.Add("firewall", ("op", "set-remote-admin"), ("profile", profile), ("enabled", enabled), ("scope", scope));
    }

    /// <summary>Who is shut out of a local port now; nobody: empty.</summary>
    internal IEnumerable<AddressRange> ShutOut(int protocol, int port)
    {
        if (!Exists || !IsRunning || !IsOn(ActiveProfile))
        {
            return [];
        }

        string profile = ActiveProfile;
        bool isShut = (Number(Policy(profile), Shut) ?? Number(Local(profile), Shut) ?? 0) != 0;
        return isShut ? [AddressRange.Any] : Others([.. Scopes(profile, protocol, port).SelectMany(Ranges)]);
    }

    /// <summary>A new system has its keys; the service pack of the profile decides.</summary>
    internal void Furnish()
    {
        foreach (string profile in Exists ? Profiles : [])
        {
            _machine.Registry.CreateKey(Local(profile) + Open);
        }
    }

    private static string Local(string profile) => $@"{FirewallState.LocalKey}\{profile}Profile";

    private static string Policy(string profile) => $@"{FirewallState.PolicyKey}\{profile}Profile";

    private static IEnumerable<AddressRange> Others(List<AddressRange> ranges)
    {
        ulong next = 0;
        foreach (AddressRange range in ranges.OrderBy(r => r.First))
        {
            if (range.First > next)
            {
                yield return new((uint)next, range.First - 1);
            }

            next = Math.Max(next, (ulong)range.Last + 1);
        }

        if (next <= uint.MaxValue)
        {
            yield return new((uint)next, uint.MaxValue);
        }
    }

    // The lab has one subnet: everybody.
    private static IEnumerable<AddressRange> Ranges(string scope) => scope.Split(',').Select(part =>
        part.Equals("LocalSubNet", StringComparison.OrdinalIgnoreCase) ? AddressRange.Any
        : AddressRange.TryParse(part, out AddressRange range) ? range
        : throw new LabRefusalException($"scope '{part}' of a firewall exception"));

    private IEnumerable<string> Scopes(string profile, int protocol, int port)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{port}:{(protocol == 6 ? "TCP" : "UDP")}");
        bool merges = Number(Policy(profile) + @"\GloballyOpenPorts", "AllowUserPrefMerge") != 0;
        string[] lists = merges ? [Local(profile) + Open, Policy(profile) + Open] : [Policy(profile) + Open];
        foreach (string text in lists.SelectMany(key => _machine.Registry.Values(key) ?? []).Select(v => v.Value.Data).OfType<string>())
        {
            string[] parts = text.Split(':', 5);
            if (parts.Length == 5 && $"{parts[0]}:{parts[1]}".Equals(name, StringComparison.OrdinalIgnoreCase) && parts[3].Equals("Enabled", StringComparison.OrdinalIgnoreCase))
            {
                yield return parts[2];
            }
        }

        string key = Number(Policy(profile) + RemoteAdmin, "Enabled") is null ? Local(profile) : Policy(profile);
        // Ports that RPC hands out are the endpoint mapper's in the lab.
        if (protocol == 6 && s_remoteAdmin.Contains(port) && Number(key + RemoteAdmin, "Enabled") == 1)
        {
            yield return _machine.Registry.GetValue(key + RemoteAdmin, "RemoteAddresses")?.Data as string is { Length: > 0 } scope ? scope : "*";
        }
    }

    private int? Number(string key, string name) => _machine.Registry.GetValue(key, name)?.Data as int?;
}
