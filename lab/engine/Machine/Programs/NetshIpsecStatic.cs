namespace Firebreak.Lab.Machines;

/// <summary>netsh ipsec static: add, delete, set, show of policies, filter lists, filters, filter actions and rules.</summary>
internal sealed class NetshIpsecStatic(Machine machine, ProgramContext context)
{
    private readonly IpsecStore _store = machine.Ipsec.Store;

    public ProgramResult Run(IReadOnlyList<string> words)
    {
        string verb = words.Count > 0 ? words[0].ToLowerInvariant() : "";
        string noun = words.Count > 1 ? words[1].ToLowerInvariant() : "";
        try
        {
            if (!context.IsAdmin)
            {
                throw new NetshException("Access is denied.");
            }

            if (verb is "exportpolicy" or "importpolicy")
            {
                return Transfer(verb, new NetshTags(words.Skip(1), ["file"]));
            }

            if (verb is "restorepolicyexamples" or "dump" or "help")
            {
                throw new LabRefusalException($"netsh ipsec static {verb}");
            }

            string[] rest = [.. words.Skip(2)];
            return (verb, noun) switch
            {
                ("add", "policy") => AddPolicy(rest),
                ("add", "filterlist") => AddFilterList(rest),
                ("add", "filter") => AddFilter(rest),
                ("add", "filteraction") => AddAction(rest),
                ("add", "rule") => AddRule(rest),
                ("set", "policy") => SetPolicy(rest),
                ("set", "filterlist") => SetName(IpsecStore.Filter, rest),
                ("set", "filteraction") => SetAction(rest),
                ("set", "rule") => SetRule(rest),
                ("delete", "policy") => Delete(IpsecStore.Policy, rest, "delete-policy"),
                ("delete", "filterlist") => Delete(IpsecStore.Filter, rest, "delete-filterlist"),
                ("delete", "filteraction") => Delete(IpsecStore.Action, rest, "delete-filteraction"),
                ("delete", "filter") => DeleteFilter(rest),
                ("delete", "rule") => DeleteRule(rest),
                ("delete", "all") when rest.Length == 0 => DeleteAll(),
                ("show", _) => new NetshIpsecShow(machine).Run(noun, rest),
                ("set", "store" or "defaultrule" or "interactive" or "batch") => throw new LabRefusalException($"netsh ipsec static set {noun}"),
                _ => throw new NetshException($"The following command was not found: ipsec static {string.Join(' ', words)}."),
            };
        }
        catch (NetshException e)
        {
            return new(1, $"ERR IPsec : {e.Message}\r\n\r\n");
        }
    }

    internal static string Find(IpsecStore store, string kind, string name) => store.Find(kind, name) ?? throw new NetshException($"{Noun(kind)} with name '{name}' does not exist");

    private static string Noun(string kind) => kind switch
    {
        IpsecStore.Policy => "Policy",
        IpsecStore.Filter => "FilterList",
        IpsecStore.Action => "FilterAction",
        _ => "Rule",
    };

    private static AddressRange? Address(NetshTags tags, string tag, string maskTag)
    {
        string text = tags.Need(tag);
        string? mask = tags.Get(maskTag);
        if (text.ToLowerInvariant() is "wins" or "dns" or "dhcp" or "gateway" || text.Contains(':', StringComparison.Ordinal))
        {
            throw new LabRefusalException($"IPsec filter address {text}");
        }

        if (text.Equals("me", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (!AddressRange.TryParse(mask is null || text.Contains('/', StringComparison.Ordinal) ? text : $"{text}/{mask}", out AddressRange range))
        {
            throw new NetshException($"Invalid {tag}: {text}");
        }

        return range;
    }

    private static IpsecStoredFilter ReadFilter(NetshTags tags)
    {
        int protocol = IpsecWords.Protocol(tags.Get("protocol") ?? "ANY") ?? throw new NetshException("Invalid protocol.");
        int from = tags.Port("srcport");
        int to = tags.Port("dstport");
        if ((from != 0 || to != 0) && protocol is not (6 or 17))
        {
            throw new NetshException("Ports are only valid with the protocols TCP and UDP.");
        }

        return new(Address(tags, "srcaddr", "srcmask"), Address(tags, "dstaddr", "dstmask"), protocol, from, to, tags.Flag("mirrored", true), tags.Get("description") ?? "");
    }

    private ProgramResult AddPolicy(string[] words)
    {
        NetshTags tags = new(words, ["name", "description", "assign", "activatedefaultrule", "mmpfs", "qmpermm", "mmlifetime", "pollinginterval"], "mmsecmethods");
        string name = tags.Need("name");
        if (_store.Find(IpsecStore.Policy, name) is not null)
        {
            throw new NetshException($"Policy with name '{name}' already exists");
        }

        bool assign = tags.Flag("assign", false);
        string policy = _store.AddPolicy(name, tags.Get("description") ?? "");
        Record("add-policy", name);
        if (assign)
        {
            _store.Active = policy;
            Record("assign", name);
        }

        return new(0);
    }

    private ProgramResult AddFilterList(string[] words)
    {
        NetshTags tags = new(words, ["name", "description"]);
        string name = tags.Need("name");
        if (_store.Find(IpsecStore.Filter, name) is not null)
        {
            throw new NetshException($"FilterList with name '{name}' already exists");
        }

        _store.AddFilterList(name, tags.Get("description") ?? "");
        Record("add-filterlist", name);
        return new(0);
    }

    private ProgramResult AddFilter(string[] words)
    {
        NetshTags tags = new(words, ["filterlist", "srcaddr", "dstaddr", "description", "protocol", "mirrored", "srcmask", "dstmask", "srcport", "dstport"]);
        string name = tags.Need("filterlist");
        IpsecStoredFilter filter = ReadFilter(tags);

        // A list that is not there is made, as the real command does.
        string list = _store.Find(IpsecStore.Filter, name) ?? _store.AddFilterList(name, "");
        IReadOnlyList<IpsecStoredFilter> filters = _store.Filters(list);
        if (filters.Any(filter.Same))
        {
            throw new NetshException("The specified filter already exists in the filterlist");
        }

        _store.SetFilters(list, [.. filters, filter]);
        Record("add-filter", name);
        return new(0);
    }

    private ProgramResult AddAction(string[] words)
    {
        NetshTags tags = new(words, ["name", "description", "action"], "qmpfs", "inpass", "soft", "qmsecmethods");
        string name = tags.Need("name");
        if (_store.Find(IpsecStore.Action, name) is not null)
        {
            throw new NetshException($"FilterAction with name '{name}' already exists");
        }

        _store.AddAction(name, tags.Get("description") ?? "", IsBlock(tags.Get("action") ?? "negotiate"));
        Record("add-filteraction", name);
        return new(0);
    }

    private static bool IsBlock(string action) => action.ToLowerInvariant() switch
    {
        "block" => true,
        "permit" => false,
        "negotiate" => throw new LabRefusalException("IPsec negotiation: a filter action blocks or permits"),
        _ => throw new NetshException("Invalid value for tag 'action'."),
    };

    private ProgramResult AddRule(string[] words)
    {
        NetshTags tags = new(words, ["name", "policy", "filterlist", "filteraction", "description", "activate", "conntype"], "tunnel", "kerberos", "psk", "rootca");
        string name = tags.Need("name");
        string policy = Find(_store, IpsecStore.Policy, tags.Need("policy"));
        string list = Find(_store, IpsecStore.Filter, tags.Need("filterlist"));
        string action = Find(_store, IpsecStore.Action, tags.Need("filteraction"));
        if (tags.Get("conntype")?.ToLowerInvariant() is not (null or "all" or "lan"))
        {
            throw new LabRefusalException("dial-up connections (conntype=)");
        }

        if (_store.RulesOf(policy).Any(r => _store.NameOf(r).Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new NetshException($"Rule with name '{name}' already exists in policy");
        }

        _store.AddRule(policy, name, tags.Get("description") ?? "", list, action, tags.Flag("activate", true));
        Record("add-rule", _store.NameOf(policy));
        return new(0);
    }

    private ProgramResult SetPolicy(string[] words)
    {
        NetshTags tags = new(words, ["name", "newname", "description", "assign", "activatedefaultrule", "pollinginterval", "mmpfs", "qmpermm", "mmlifetime"], "guid", "gponame", "mmsecmethods");
        string name = tags.Need("name");
        string policy = Find(_store, IpsecStore.Policy, name);
        bool assigned = policy.Equals(_store.Active, StringComparison.OrdinalIgnoreCase);
        bool assign = tags.Flag("assign", assigned);
        Rename(policy, IpsecStore.Policy, tags);
        if (assign != assigned)
        {
            _store.Active = assign ? policy : null;
            Record(assign ? "assign" : "unassign", name);
        }

        return new(0);
    }

    private void Rename(string key, string kind, NetshTags tags)
    {
        if (tags.Get("newname") is { Length: > 0 } newName)
        {
            if (_store.Find(kind, newName) is { } other && other != key)
            {
                throw new NetshException($"{Noun(kind)} with name '{newName}' already exists");
            }

            _store.SetText(key, "ipsecName", newName);
            Record("rename", newName);
        }

        if (tags.Get("description") is { } description)
        {
            _store.SetText(key, "description", description);
        }
    }

    private ProgramResult SetName(string kind, string[] words)
    {
        NetshTags tags = new(words, ["name", "newname", "description"], "guid");
        Rename(Find(_store, kind, tags.Need("name")), kind, tags);
        return new(0);
    }

    private ProgramResult SetAction(string[] words)
    {
        NetshTags tags = new(words, ["name", "newname", "description", "action"], "guid", "qmpfs", "inpass", "soft", "qmsecmethods");
        string action = Find(_store, IpsecStore.Action, tags.Need("name"));
        Rename(action, IpsecStore.Action, tags);
        if (tags.Get("action") is { } what)
        {
            _store.SetBlock(action, IsBlock(what));
            Record("set-filteraction", _store.NameOf(action));
        }

        return new(0);
    }

    private ProgramResult SetRule(string[] words)
    {
        NetshTags tags = new(words, ["name", "policy", "newname", "description", "activate"], "id", "filterlist", "filteraction", "tunnel", "conntype", "kerberos", "psk", "rootca");
        string policy = Find(_store, IpsecStore.Policy, tags.Need("policy"));
        string rule = RuleOf(policy, tags.Need("name"));
        if (tags.Get("newname") is { Length: > 0 } newName)
        {
            _store.SetText(rule, "ipsecName", newName);
        }

        if (tags.Get("activate") is not null)
        {
            _store.SetActive(rule, tags.Flag("activate", true));
        }

        Record("set-rule", _store.NameOf(policy));
        return new(0);
    }

    private ProgramResult Delete(string kind, string[] words, string op)
    {
        string[] targets;
        if (words is [var all] && all.Equals("all", StringComparison.OrdinalIgnoreCase))
        {
            targets = [.. _store.All(kind)];
        }
        else
        {
            targets = [Find(_store, kind, new NetshTags(words, ["name"], "guid").Need("name"))];
        }

        foreach (string target in targets)
        {
            string name = _store.NameOf(target);
            if (kind == IpsecStore.Policy)
            {
                _store.DeletePolicy(target);
            }
            else if (_store.UsersOf(target).Count > 0)
            {
                throw new NetshException($"{Noun(kind)} '{name}' is being used by one or more rules, cannot be deleted");
            }
            else
            {
                _store.Delete(target);
            }

            Record(op, name);
        }

        return new(0);
    }

    private ProgramResult DeleteFilter(string[] words)
    {
        NetshTags tags = new(words, ["filterlist", "srcaddr", "dstaddr", "protocol", "mirrored", "srcmask", "dstmask", "srcport", "dstport"]);
        string list = Find(_store, IpsecStore.Filter, tags.Need("filterlist"));
        IpsecStoredFilter filter = ReadFilter(tags);
        IReadOnlyList<IpsecStoredFilter> filters = _store.Filters(list);
        if (!filters.Any(filter.Same))
        {
            throw new NetshException("The specified filter does not exist");
        }

        _store.SetFilters(list, [.. filters.Where(f => !filter.Same(f))]);
        Record("delete-filter", _store.NameOf(list));
        return new(0);
    }

    private ProgramResult DeleteRule(string[] words)
    {
        bool all = words.Any(w => w.Equals("all", StringComparison.OrdinalIgnoreCase));
        NetshTags tags = new(words.Where(w => !w.Equals("all", StringComparison.OrdinalIgnoreCase)), ["name", "policy"], "id");
        string policy = Find(_store, IpsecStore.Policy, tags.Need("policy"));
        string[] rules = all ? [.. _store.RulesOf(policy)] : [RuleOf(policy, tags.Need("name"))];
        foreach (string rule in rules)
        {
            _store.DeleteRule(rule);
        }

        Record("delete-rule", _store.NameOf(policy));
        return new(0);
    }

    private ProgramResult DeleteAll()
    {
        foreach (string policy in _store.All(IpsecStore.Policy).ToArray())
        {
            _store.DeletePolicy(policy);
        }

        foreach (string key in _store.All(IpsecStore.Filter).Concat(_store.All(IpsecStore.Action)).ToArray())
        {
            _store.Delete(key);
        }

        Record("delete-all", null);
        return new(0);
    }

    private string RuleOf(string policy, string name) =>
        _store.RulesOf(policy).FirstOrDefault(r => _store.NameOf(r).Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw new NetshException($"Rule with name '{name}' does not exist");

    /// <summary>exportpolicy and importpolicy: the lab's own file format (the real one is not documented).</summary>
    private ProgramResult Transfer(string verb, NetshTags tags)
    {
        string name = tags.Need("file");
        string file = machine.Files.Normalize(name.EndsWith(".ipsec", StringComparison.OrdinalIgnoreCase) ? name : name + ".ipsec", context.CurrentDirectory);
        if (verb == "exportpolicy")
        {
            machine.Files.WriteText(file, IpsecFile.Export(machine));
            Record("export", null);
            return new(0);
        }

        if (!machine.Files.FileExists(file))
        {
            throw new NetshException("The system cannot find the file specified.");
        }

        IpsecFile.Import(machine, machine.Files.ReadText(file));
        Record("import", null);
        return new(0);
    }

    private void Record(string op, string? policy) => machine.History.Add("ipsec", ("op", op), ("policy", policy));
}
