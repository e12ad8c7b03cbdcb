namespace Firebreak.Lab.Machines;

/// <summary>
/// Windows Firewall since Vista, as the registry has it: local rules and profiles below the service SharedAccess, those of Group
/// Policy below SOFTWARE\Policies. In effect while the service mpssvc runs and the profile of the network is on.
/// </summary>
public sealed class FirewallState
{
    /// <summary>Where local profiles and rules are.</summary>
    public const string LocalKey = @"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy";

    /// <summary>Where local rules are.</summary>
    public const string RulesKey = LocalKey + @"\FirewallRules";

    /// <summary>Where those of Group Policy are.</summary>
    public const string PolicyKey = @"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall";

    private const string Switch = "EnableFirewall";
    private const string Merge = "AllowLocalPolicyMerge";
    private readonly Machine _machine;

    internal FirewallState(Machine machine)
    {
        _machine = machine;
    }

    /// <summary>The three profiles.</summary>
    public static IReadOnlyList<string> Profiles { get; } = ["Domain", "Private", "Public"];

    /// <summary>Whether the machine has it: Vista and later.</summary>
    public bool Exists => _machine.Services.Get("mpssvc") is not null;

    /// <summary>Whether its service runs.</summary>
    public bool IsRunning => _machine.Services.IsRunning("mpssvc");

    /// <summary>Domain on members of a domain, else Private.</summary>
    public string ActiveProfile => _machine.Os.Domain is null ? "Private" : "Domain";

    /// <summary>Local rules.</summary>
    public IReadOnlyList<FirewallRule> Rules => Read(RulesKey);

    /// <summary>Rules of Group Policy.</summary>
    public IReadOnlyList<FirewallRule> PolicyRules => Read(PolicyKey + @"\FirewallRules");

    /// <summary>The rules that packets meet now.</summary>
    public IReadOnlyList<FirewallRule> InForce
    {
        get
        {
            if (!IsRunning || !IsOn(ActiveProfile))
            {
                return [];
            }

            FirewallRule[] all = MergesLocal(ActiveProfile) ? [.. Rules, .. PolicyRules] : [.. PolicyRules];
            return [.. all.Where(r => r.Enabled && (r.Profiles.Count == 0 || r.Profiles.Contains(ActiveProfile, StringComparer.OrdinalIgnoreCase)))];
        }
    }

    /// <summary>Version of the schema that this system writes.</summary>
    public string Schema => _machine.Os.Number >= new Version(10, 0) ? "v2.29" : _machine.Os.Number >= new Version(6, 1) ? "v2.10" : "v2.0";

    /// <summary>Whether a profile (Domain, Private, Public) is on: Group Policy first, then the local setting.</summary>
    public bool IsOn(string profile) => (Number($@"{PolicyKey}\{profile}Profile", Switch) ?? Number(Local(profile), Switch) ?? 1) != 0;

    /// <summary>The local setting of a profile.</summary>
    public bool IsOnLocally(string profile) => (Number(Local(profile), Switch) ?? 1) != 0;

    /// <summary>Whether local rules count in a profile.</summary>
    public bool MergesLocal(string profile) => Number($@"{PolicyKey}\{profile}Profile", Merge) != 0;

    /// <summary>Turns a profile on or off locally.</summary>
    public void SetProfile(string profile, bool enabled)
    {
        _machine.Registry.SetValue(Local(profile), Switch, RegistryValue.Dword(enabled ? 1 : 0));
        _machine.History.Add("firewall", ("op", "set-profile"), ("profile", profile), ("enabled", enabled));
    }

    /// <summary>Adds or replaces a local rule.</summary>
    public void Set(FirewallRule rule)
    {
        _machine.Registry.SetValue(RulesKey, rule.Name, RegistryValue.Sz(rule.Text));
        _machine.History.Add("firewall", ("op", "set"), ("rule", rule.Name), ("block", rule.Block), ("enabled", rule.Enabled));
    }

    /// <summary>Removes a local rule; false if there is none.</summary>
    public bool Remove(string name)
    {
        if (!_machine.Registry.DeleteValue(RulesKey, name))
        {
            return false;
        }

        _machine.History.Add("firewall", ("op", "remove"), ("rule", name));
        return true;
    }

    internal void OnRegistryChanged(string key)
    {
        if (key.StartsWith(LocalKey, StringComparison.OrdinalIgnoreCase) || key.StartsWith(PolicyKey, StringComparison.OrdinalIgnoreCase))
        {
            _machine.Ports.Update();
        }
    }

    /// <summary>What a new system has: all profiles on.</summary>
    internal void Furnish()
    {
        if (Exists)
        {
            foreach (string profile in Profiles)
            {
                _machine.Registry.SetValue(Local(profile), Switch, RegistryValue.Dword(1));
            }

            _machine.Registry.CreateKey(RulesKey);
        }
    }

    // The private profile has the name that it had before there were three.
    private static string Local(string profile) => $@"{LocalKey}\{(profile == "Private" ? "Standard" : profile)}Profile";

    private int? Number(string key, string name) => _machine.Registry.GetValue(key, name)?.Data as int?;

    private FirewallRule[] Read(string key) =>
        [.. (_machine.Registry.Values(key) ?? []).Select(v => v.Value.Data is string text ? FirewallRule.Parse(v.Key, text) : null).OfType<FirewallRule>()];
}
