namespace Firebreak.Lab.Machines;

/// <summary>Windows Firewall: profiles and rules. In effect while the service mpssvc runs and a profile is on (the lab's networks are of the profile that <see cref="ActiveProfile"/> names).</summary>
public sealed class FirewallState
{
    private readonly Machine _machine;
    private readonly Dictionary<string, bool> _profiles = new(StringComparer.OrdinalIgnoreCase) { ["Domain"] = true, ["Private"] = true, ["Public"] = true };
    private readonly Dictionary<string, FirewallRule> _rules = new(StringComparer.OrdinalIgnoreCase);

    internal FirewallState(Machine machine)
    {
        _machine = machine;
    }

    /// <summary>Domain on members of a domain, else Private.</summary>
    public string ActiveProfile => _machine.Os.Domain is null ? "Private" : "Domain";

    /// <summary>All rules.</summary>
    public IReadOnlyList<FirewallRule> Rules
    {
        get
        {
            lock (_machine.Gate)
            {
                return [.. _rules.Values];
            }
        }
    }

    /// <summary>Whether the rules are in effect now.</summary>
    public bool Effective => _machine.Services.IsRunning("mpssvc") && ProfileEnabled(ActiveProfile);

    /// <summary>Whether a profile (Domain, Private, Public) is on.</summary>
    public bool ProfileEnabled(string profile)
    {
        lock (_machine.Gate)
        {
            return _profiles[profile];
        }
    }

    /// <summary>Turns a profile on or off.</summary>
    public void SetProfile(string profile, bool enabled)
    {
        lock (_machine.Gate)
        {
            _profiles[profile] = enabled;
        }

        _machine.History.Add("firewall", ("op", "set-profile"), ("profile", profile), ("enabled", enabled));
        _machine.Ports.Update();
    }

    /// <summary>Adds or replaces a rule.</summary>
    public void Set(FirewallRule rule)
    {
        lock (_machine.Gate)
        {
            _rules[rule.Name] = rule;
        }

        _machine.History.Add("firewall", ("op", "set"), ("rule", rule.Name), ("block", rule.Block), ("enabled", rule.Enabled));
        _machine.Ports.Update();
    }

    /// <summary>Removes a rule; false if there is none.</summary>
    public bool Remove(string name)
    {
        lock (_machine.Gate)
        {
            if (!_rules.Remove(name))
            {
                return false;
            }
        }

        _machine.History.Add("firewall", ("op", "remove"), ("rule", name));
        _machine.Ports.Update();
        return true;
    }
}
