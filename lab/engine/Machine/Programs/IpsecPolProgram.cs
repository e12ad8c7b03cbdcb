namespace Firebreak.Lab.Machines;

/// <summary>
/// ipsecpol.exe of Windows 2000 and its successor ipseccmd.exe of XP: filters that block or pass, in static mode (a policy in
/// the registry) or dynamic mode (until PolicyAgent or the system ends). Negotiating rules are refused.
/// </summary>
internal sealed class IpsecPolProgram(bool isXp) : ILabProgram
{
    private readonly string _name = isXp ? "ipseccmd" : "ipsecpol";

    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        if (machine.Os.Number != new Version(5, isXp ? 1 : 0))
        {
            throw new LabRefusalException($"{_name} on {machine.Os.Product}");
        }

        Machine target;
        string[] words;
        try
        {
            (target, context, words) = RemoteArgument.Take(machine, context, arguments, RemoteService.Registry);
        }
        catch (LabWin32Exception error)
        {
            return Failed($"{error.Message} ({error.Code})");
        }

        if (words.Length == 0 || words[0] is "-?" or "/?")
        {
            return new(words.Length == 0 ? 1 : 0, $"USAGE: {_name} [\\\\computername] [-?] [flags]\r\n");
        }

        if (isXp && words[0].ToLowerInvariant() is "show" or "export" or "import" or "set")
        {
            throw new LabRefusalException($"{_name} {words[0]}");
        }

        if (!context.IsAdmin)
        {
            return Failed("Access is denied.");
        }

        try
        {
            IpsecPolOptions options = IpsecPolOptions.Parse(words, _name);
            if (options.IsStatic)
            {
                ProgramResult result = new(1);
                target.Ipsec.Change(() => result = Static(target, options));
                return result;
            }

            return Dynamic(target, options);
        }
        catch (FormatException error)
        {
            return Failed(error.Message);
        }
    }

    private static ProgramResult Done() => new(0, "The command completed successfully.\r\n");

    private static ProgramResult Failed(string why) => new(1, "", $"Error: {why}\r\n");

    private static ProgramResult Dynamic(Machine machine, IpsecPolOptions options)
    {
        if (!machine.Services.IsRunning("PolicyAgent"))
        {
            return Failed("The IPSEC Policy Agent service is not running.");
        }

        if (options.Undo)
        {
            machine.Ipsec.SetDynamic(null);
            return Done();
        }

        List<IpsecFilter> filters = [];
        foreach (IpsecPolFilter filter in options.Filters(machine))
        {
            bool block = filter.Block ?? options.Block ?? throw new LabRefusalException("IPsec negotiation: a filter blocks or passes (-n BLOCK, -n PASS)");
            filters.AddRange(Both(filter.Stored.ToFilter(block), filter.Stored.Mirrored));
        }

        if (filters.Count == 0)
        {
            return Failed("you must specify filters with -f");
        }

        machine.Ipsec.SetDynamic(filters);
        return Done();
    }

    private static IpsecFilter[] Both(IpsecFilter filter, bool mirrored) => mirrored ? [filter, filter.Mirror()] : [filter];

    private static ProgramResult Static(Machine machine, IpsecPolOptions options)
    {
        if (options.Policy is not { } name)
        {
            return Failed("you must specify a policy name with -p");
        }

        IpsecStore store = machine.Ipsec.Store;
        string? policy = store.Find(IpsecStore.Policy, name);
        if (options.Delete)
        {
            if (policy is null)
            {
                return Failed("the policy was not found");
            }

            DeletePolicy(store, policy);
            Record(machine, "delete-policy", name);
            return Done();
        }

        IpsecPolFilter[] filters = [.. options.Filters(machine)];
        if (filters.Any(f => f.Block is not null))
        {
            throw new LabRefusalException("filters in [] or () in static mode");
        }

        if (filters.Length > 0)
        {
            bool block = options.Block ?? throw new LabRefusalException("IPsec negotiation: a rule blocks or passes (-n BLOCK, -n PASS)");
            if (options.Rules is not [var rule])
            {
                return Failed("you must specify one rule name with -r");
            }

            if (policy is null)
            {
                policy = store.AddPolicy(name, "");
                Record(machine, "add-policy", name);
            }

            SetRule(store, policy, rule, filters, block);
            Record(machine, "add-rule", name);
        }

        if (policy is null)
        {
            return Failed("the policy was not found");
        }

        if (options.Assign)
        {
            store.Active = policy;
            Record(machine, "assign", name);
        }
        else if (options.Unassign && policy.Equals(store.Active, StringComparison.OrdinalIgnoreCase))
        {
            store.Active = null;
            Record(machine, "unassign", name);
        }

        return Done();
    }

    private static void SetRule(IpsecStore store, string policy, string rule, IpsecPolFilter[] filters, bool block)
    {
        foreach (string old in store.RulesOf(policy).Where(r => store.NameOf(r).Equals(rule, StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            DeleteRule(store, old);
        }

        string list = store.AddFilterList(rule + " filter list", "");
        store.SetFilters(list, [.. filters.Select(f => f.Stored)]);
        string action = store.AddAction(rule + " negpol", "", block);
        store.AddRule(policy, rule, "", list, action, active: true);
    }

    private static void DeletePolicy(IpsecStore store, string policy)
    {
        foreach (string rule in store.RulesOf(policy))
        {
            DeleteRule(store, rule);
        }

        store.DeletePolicy(policy);
    }

    private static void DeleteRule(IpsecStore store, string rule)
    {
        (string? list, string? action) = store.PartsOf(rule);
        store.DeleteRule(rule);
        foreach (string part in new[] { list, action }.OfType<string>().Where(p => store.UsersOf(p).Count == 0))
        {
            store.Delete(part);
        }
    }

    private static void Record(Machine machine, string op, string policy) => machine.History.Add("ipsec", ("op", op), ("policy", policy));
}
