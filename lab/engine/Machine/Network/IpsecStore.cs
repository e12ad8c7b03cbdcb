using System.Globalization;
using Microsoft.Win32;

namespace Firebreak.Lab.Machines;

/// <summary>
/// IPsec policies as Windows keeps them in the registry: ipsecPolicy{GUID} → ipsecNFA{GUID} (the rules) → ipsecFilter{GUID} (lists)
/// and ipsecNegotiationPolicy{GUID} (actions), linked by REG_MULTI_SZ references both ways.
/// </summary>
internal sealed class IpsecStore(Machine machine, string root)
{
    public const string Policy = "ipsecPolicy";
    public const string Filter = "ipsecFilter";
    public const string Action = "ipsecNegotiationPolicy";
    public const string Rule = "ipsecNFA";
    private const string Isakmp = "ipsecISAKMPPolicy";
    private const string Owners = "ipsecOwnersReference";
    private const string FilterLink = "ipsecFilterReference";
    private const string ActionLink = "ipsecNegotiationPolicyReference";
    private const string RuleLink = "ipsecNFAReference";
    private const string IsakmpLink = "ipsecISAKMPReference";
    private const string BlockAction = "{3f91a819-7647-11d1-864d-d46a00000000}";
    private const string PermitAction = "{8a171dd2-77e3-11d1-8659-a04f00000000}";
    private const string StandardType = "{62f49e10-6c37-11d1-864c-14a300000000}";
    private readonly RegistryTree _registry = machine.Registry;

    /// <summary>Key names of all objects of a class.</summary>
    public IEnumerable<string> All(string kind) =>
        (_registry.SubKeyNames(root) ?? []).Where(n => n.StartsWith(kind + "{", StringComparison.OrdinalIgnoreCase));

    /// <summary>Key name of the object with this name, or null. Names compare without case.</summary>
    public string? Find(string kind, string name) => All(kind).FirstOrDefault(k => NameOf(k).Equals(name, StringComparison.OrdinalIgnoreCase));

    public string NameOf(string key) => Text(key, "ipsecName");

    public string Text(string key, string value) => _registry.GetValue($@"{root}\{key}", value)?.Data as string ?? "";

    public void SetText(string key, string value, string text) => _registry.SetValue($@"{root}\{key}", value, RegistryValue.Sz(text));

    /// <summary>Key name of the active policy, or null.</summary>
    public string? Active
    {
        get => _registry.GetValue(root, "ActivePolicy")?.Data is string path ? path[(path.LastIndexOf('\\') + 1)..] : null;
        set
        {
            if (value is null)
            {
                _registry.DeleteValue(root, "ActivePolicy");
            }
            else
            {
                _registry.SetValue(root, "ActivePolicy", RegistryValue.Sz(Path(value)));
            }
        }
    }

    public string AddPolicy(string name, string description)
    {
        string policy = Make(Policy, name, description);
        string isakmp = Make(Isakmp, "", "");
        SetText(policy, IsakmpLink, Path(isakmp));
        SetLinks(isakmp, Owners, [Path(policy)]);
        return policy;
    }

    public string AddFilterList(string name, string description)
    {
        string key = Make(Filter, name, description);
        SetFilters(key, []);
        return key;
    }

    public string AddAction(string name, string description, bool block)
    {
        string key = Make(Action, name, description);
        SetText(key, Action + "Type", StandardType);
        SetBlock(key, block);
        return key;
    }

    public void SetBlock(string action, bool block) => SetText(action, Action + "Action", block ? BlockAction : PermitAction);

    public bool IsBlock(string action) => Text(action, Action + "Action").Equals(BlockAction, StringComparison.OrdinalIgnoreCase);

    public string AddRule(string policy, string name, string description, string filterList, string action, bool active)
    {
        string rule = Make(Rule, name, description);
        SetActive(rule, active);
        SetLinks(rule, FilterLink, [Path(filterList)]);
        SetText(rule, ActionLink, Path(action));
        SetLinks(rule, Owners, [Path(policy)]);
        AddLink(filterList, Owners, rule);
        AddLink(action, Owners, rule);
        AddLink(policy, RuleLink, rule);
        return rule;
    }

    public void SetActive(string rule, bool active) => _registry.SetValue($@"{root}\{rule}", "ipsecNFAActive", RegistryValue.Dword(active ? 1 : 0));

    public bool IsActive(string rule) => _registry.GetValue($@"{root}\{rule}", "ipsecNFAActive")?.Data is not 0;

    public IReadOnlyList<string> RulesOf(string policy) => Links(policy, RuleLink);

    /// <summary>Key names of the filter list and the action of a rule.</summary>
    public (string? List, string? Action) PartsOf(string rule) =>
        (Links(rule, FilterLink).FirstOrDefault(), Text(rule, ActionLink) is { Length: > 0 } path ? path[(path.LastIndexOf('\\') + 1)..] : null);

    /// <summary>Key names of the rules that use a filter list or action.</summary>
    public IReadOnlyList<string> UsersOf(string key) => Links(key, Owners);

    public IReadOnlyList<IpsecStoredFilter> Filters(string list) =>
        _registry.GetValue($@"{root}\{list}", "ipsecData")?.Data is byte[] data ? IpsecFilterData.Decode(data) : [];

    public void SetFilters(string list, IReadOnlyList<IpsecStoredFilter> filters)
    {
        _registry.SetValue($@"{root}\{list}", "ipsecDataType", RegistryValue.Dword(0x100));
        _registry.SetValue($@"{root}\{list}", "ipsecData", new RegistryValue(RegistryValueKind.Binary, IpsecFilterData.Encode(filters)));
    }

    public void DeleteRule(string rule)
    {
        (string? list, string? action) = PartsOf(rule);
        foreach (string policy in Links(rule, Owners))
        {
            RemoveLink(policy, RuleLink, rule);
        }

        foreach (string used in new[] { list, action }.OfType<string>())
        {
            RemoveLink(used, Owners, rule);
        }

        Delete(rule);
    }

    public void DeletePolicy(string policy)
    {
        if (Active is { } active && active.Equals(policy, StringComparison.OrdinalIgnoreCase))
        {
            Active = null;
        }

        foreach (string rule in RulesOf(policy))
        {
            DeleteRule(rule);
        }

        if (Text(policy, IsakmpLink) is { Length: > 0 } isakmp)
        {
            Delete(isakmp[(isakmp.LastIndexOf('\\') + 1)..]);
        }

        Delete(policy);
    }

    public void Delete(string key) => _registry.DeleteKey($@"{root}\{key}");

    /// <summary>The filters that a policy brings into force.</summary>
    public IEnumerable<IpsecFilter> Effective(string policy)
    {
        foreach (string rule in RulesOf(policy).Where(IsActive))
        {
            (string? list, string? action) = PartsOf(rule);
            if (list is null || action is null)
            {
                continue;
            }

            bool block = IsBlock(action);
            foreach (IpsecStoredFilter stored in Filters(list))
            {
                IpsecFilter filter = stored.ToFilter(block);
                yield return filter;
                if (stored.Mirrored)
                {
                    yield return filter.Mirror();
                }
            }
        }
    }

    private static string WithoutHive(string path) => path[(path.IndexOf('\\', StringComparison.Ordinal) + 1)..];

    private string Path(string key) => $@"{WithoutHive(root)}\{key}";

    private string Make(string kind, string name, string description)
    {
        string id = Guid.NewGuid().ToString("B", CultureInfo.InvariantCulture);
        string key = kind + id;
        string path = $@"{root}\{key}";
        _registry.CreateKey(path);
        _registry.SetValue(path, "ClassName", RegistryValue.Sz(kind));
        _registry.SetValue(path, "name", RegistryValue.Sz(key));
        if (name.Length > 0)
        {
            _registry.SetValue(path, "ipsecName", RegistryValue.Sz(name));
        }

        if (description.Length > 0)
        {
            _registry.SetValue(path, "description", RegistryValue.Sz(description));
        }

        _registry.SetValue(path, "ipsecID", RegistryValue.Sz(id));
        _registry.SetValue(path, "whenChanged", RegistryValue.Dword(machine.Clock.UtcNow.ToUnixTimeSeconds()));
        return key;
    }

    private IReadOnlyList<string> Links(string key, string value) =>
        _registry.GetValue($@"{root}\{key}", value)?.Data is string[] list ? [.. list.Select(p => p[(p.LastIndexOf('\\') + 1)..])] : [];

    private void SetLinks(string key, string value, string[] paths) => _registry.SetValue($@"{root}\{key}", value, RegistryValue.Multi(paths));

    private void AddLink(string key, string value, string to) => SetLinks(key, value, [.. Links(key, value).Select(Path), Path(to)]);

    private void RemoveLink(string key, string value, string to)
    {
        string[] left = [.. Links(key, value).Where(k => !k.Equals(to, StringComparison.OrdinalIgnoreCase)).Select(Path)];
        if (left.Length > 0)
        {
            SetLinks(key, value, left);
        }
        else
        {
            _registry.DeleteValue($@"{root}\{key}", value);
        }
    }
}
