using System.Net;

namespace Firebreak.Lab.Machines;

/// <summary>The IPsec policy in effect, read from the registry tree below HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec, where netsh stores it.</summary>
public sealed class IpsecState
{
    /// <summary>Where local policies are.</summary>
    public const string LocalKey = @"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local";

    /// <summary>Where the policy of a GPO is named.</summary>
    public const string GpoKey = @"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\GPTIPSECPolicy";

    private const string IpsecKey = @"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec";
    private const string CacheKey = IpsecKey + @"\Policy\Cache";
    private readonly Machine _machine;
    private int _batches;
    private volatile bool _dirty;
    private IReadOnlyList<IpsecFilter> _dynamic = [];
    private DateTimeOffset _holdUntil;
    private bool _exemptsKerberos;

    internal IpsecState(Machine machine)
    {
        _machine = machine;
        Store = new IpsecStore(machine, LocalKey);
    }

    /// <summary>Name of the local policy that is assigned, or null.</summary>
    public string? AssignedPolicy => Store.Active is { } key && Store.NameOf(key) is { Length: > 0 } name ? name : null;

    /// <summary>Name of the policy that a GPO assigns, or null; it overrides the local one.</summary>
    public string? GpoPolicy => _machine.Registry.GetValue(GpoKey, "DSIPSECPolicyName")?.Data as string;

    /// <summary>Names of all local policies.</summary>
    public IReadOnlyList<string> Policies => [.. Store.All(IpsecStore.Policy).Select(Store.NameOf)];

    /// <summary>Filters in effect: none while the service PolicyAgent does not run.</summary>
    public IReadOnlyList<IpsecFilter> Effective
    {
        get
        {
            if (!IsInForce)
            {
                return [];
            }

            return [.. _dynamic, .. Persistent];
        }
    }

    /// <summary>Filters of dynamic mode (ipsecpol, ipseccmd): beside the policy, never written down.</summary>
    public IReadOnlyList<IpsecFilter> Dynamic => _dynamic;

    /// <summary>Whether packets from or to port 88 pass whatever the filters say (NoDefaultExempt as the service found it at its start).</summary>
    public bool ExemptsKerberos => IsInForce && _exemptsKerberos;

    private bool IsInForce => _machine.Services.IsRunning("PolicyAgent") && _machine.Clock.UtcNow >= _holdUntil;

    private IReadOnlyList<IpsecFilter> Persistent
    {
        get
        {

            if (_machine.Registry.GetValue(GpoKey, "DSIPSECPolicyPath")?.Data is string path)
            {
                int at = path.IndexOf("ipsecPolicy{", StringComparison.OrdinalIgnoreCase);
                return at < 0 ? [] : [.. new IpsecStore(_machine, CacheKey).Effective(path[at..(path.IndexOf('}', at) + 1)])];
            }

            return Store.Active is { } active ? [.. Store.Effective(active)] : [];
        }
    }

    internal IpsecStore Store { get; }

    /// <summary>The service PolicyAgent has started.</summary>
    internal void ServiceStarted()
    {
        object? value = _machine.Registry.GetValue(@"HKLM\SYSTEM\CurrentControlSet\Services\IPSEC", "NoDefaultExempt")?.Data;
        int given = value is int number ? number : _machine.Os.Number >= new Version(5, 2) ? 3 : 0;
        _exemptsKerberos = (given & 1) == 0;
    }

    /// <summary>The service PolicyAgent has stopped: 2000 forgets its dynamic filters, XP not before the next boot.</summary>
    internal void ServiceStopped()
    {
        if (_machine.Os.Number <= new Version(5, 0))
        {
            _dynamic = [];
        }
    }

    /// <summary>The system boots: no policy is in force before the gap is over.</summary>
    internal void Boot(TimeSpan gap)
    {
        _dynamic = [];
        _holdUntil = _machine.Clock.UtcNow + gap;
        if (gap > TimeSpan.Zero)
        {
            _machine.Clock.ScheduleAfter(gap, _machine.Ports.Update);
        }
    }

    /// <summary>Adds filters of dynamic mode, or takes all away (null).</summary>
    internal void SetDynamic(IReadOnlyList<IpsecFilter>? added)
    {
        _dynamic = added is null ? [] : [.. _dynamic, .. added];
        _machine.History.Add("ipsec", ("op", added is null ? "dynamic-clear" : "dynamic-add"), ("policy", null));
        _machine.Ports.Update();
    }

    /// <summary>Whether a TCP or UDP exchange with this source passes, both ways; source port 0 = any.</summary>
    public bool Allows(IPAddress source, int protocol, int sourcePort, int localPort) =>
        PacketRules.For(_machine, protocol, localPort).Allows(source, sourcePort);

    /// <summary>Runs changes of the policy as one: the ports follow at its end, not in between.</summary>
    internal void Change(Action change)
    {
        Interlocked.Increment(ref _batches);
        try
        {
            change();
        }
        finally
        {
            if (Interlocked.Decrement(ref _batches) == 0 && _dirty)
            {
                _dirty = false;
                _machine.Ports.Update();
            }
        }
    }

    internal void OnRegistryChanged(string key)
    {
        if (key.StartsWith(IpsecKey, StringComparison.OrdinalIgnoreCase))
        {
            _dirty = true;
            Change(() => { });
        }
    }

    /// <summary>Puts a profile's policies into the registry.</summary>
    internal void Apply(IpsecProfile profile)
    {
        foreach (IpsecPolicyProfile policy in profile.Policies)
        {
            string key = Add(Store, policy.Name, policy.Rules);
            if (policy.Assigned)
            {
                Store.Active = key;
            }
        }

        if (profile.Gpo is { } gpo)
        {
            string key = Add(new IpsecStore(_machine, CacheKey), gpo.Name, gpo.Rules);
            string path = gpo.Path ?? $"LDAP://CN={key},CN=IP Security,CN=System,DC={(_machine.Os.Domain ?? "example.test").Replace(".", ",DC=", StringComparison.Ordinal)}";
            _machine.Registry.SetValue(GpoKey, "DSIPSECPolicyPath", RegistryValue.Sz(path));
            _machine.Registry.SetValue(GpoKey, "DSIPSECPolicyName", RegistryValue.Sz(gpo.Name));
            _machine.Registry.SetValue(GpoKey, "DSIPSECPolicyFlags", RegistryValue.Dword(0));
        }
    }

    private static string Add(IpsecStore store, string name, IReadOnlyList<IpsecRuleProfile> rules)
    {
        string policy = store.AddPolicy(name, "");
        foreach (IpsecRuleProfile rule in rules)
        {
            if (rule.Action is not ("block" or "permit"))
            {
                throw new ArgumentException($"an IPsec rule blocks or permits, not {rule.Action}");
            }

            string list = store.AddFilterList(rule.Name, "");
            store.SetFilters(list, [.. rule.Filters.Select(ToStored)]);
            string action = store.AddAction(rule.Name, "", rule.Action == "block");
            store.AddRule(policy, rule.Name, "", list, action, active: true);
        }

        return policy;
    }

    private static IpsecStoredFilter ToStored(IpsecFilterProfile filter)
    {
        int protocol = IpsecWords.Protocol(filter.Protocol) ?? throw new ArgumentException($"no protocol {filter.Protocol}");
        return new(Address(filter.Src), Address(filter.Dst), protocol, filter.SrcPort, filter.DstPort, filter.Mirrored, "");

        static AddressRange? Address(string text) =>
            text.Equals("me", StringComparison.OrdinalIgnoreCase) ? null
            : AddressRange.TryParse(text, out AddressRange range) ? range
            : throw new ArgumentException($"no address {text}");
    }
}
