using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>netsh ipsec static show.</summary>
internal sealed class NetshIpsecShow(Machine machine)
{
    private readonly IpsecStore _store = machine.Ipsec.Store;
    private readonly StringBuilder _output = new();

    public ProgramResult Run(string noun, string[] words)
    {
        switch (noun)
        {
            case "policy":
                foreach (string policy in Chosen(IpsecStore.Policy, words, "level", "format", "wide"))
                {
                    ShowPolicy(policy);
                }

                break;
            case "filterlist":
                foreach (string list in Chosen(IpsecStore.Filter, words, "level", "format", "resolvedns", "wide", "rule"))
                {
                    ShowList(list);
                }

                break;
            case "filteraction":
                foreach (string action in Chosen(IpsecStore.Action, words, "level", "format", "wide", "rule"))
                {
                    Line("FilterAction Name", _store.NameOf(action));
                    Line("Action", _store.IsBlock(action) ? "BLOCK" : "PERMIT");
                }

                break;
            case "rule":
                ShowRules(words);
                break;
            case "all" when words.Length == 0 || words.All(w => w.Contains('=', StringComparison.Ordinal)):
                foreach (string policy in _store.All(IpsecStore.Policy))
                {
                    ShowPolicy(policy);
                }

                foreach (string list in _store.All(IpsecStore.Filter))
                {
                    ShowList(list);
                }

                break;
            case "gpoassignedpolicy":
                _ = new NetshTags(words, [], "name");
                Line("Source", machine.Ipsec.GpoPolicy is not null ? "Domain" : "Local Machine");
                Line("Assigned Policy Name", machine.Ipsec.GpoPolicy ?? machine.Ipsec.AssignedPolicy ?? "None");
                break;
            case "store":
                Line("Current Store", "Local Store");
                break;
            default:
                throw new NetshException($"The following command was not found: ipsec static show {noun}.");
        }

        return new(0, "\r\n" + _output + "\r\n");
    }

    private string[] Chosen(string kind, string[] words, params string[] others)
    {
        if (words.Any(w => w.Equals("all", StringComparison.OrdinalIgnoreCase)))
        {
            _ = new NetshTags(words.Where(w => !w.Equals("all", StringComparison.OrdinalIgnoreCase)), others);
            string[] all = [.. _store.All(kind)];
            return all.Length > 0 ? all : throw new NetshException("No policies, filter lists or filter actions in the store");
        }

        return [NetshIpsecStatic.Find(_store, kind, new NetshTags(words, ["name", .. others]).Need("name"))];
    }

    private void ShowPolicy(string policy)
    {
        Line("Policy Name", _store.NameOf(policy));
        Line("Description", _store.Text(policy, "description") is { Length: > 0 } text ? text : "NONE");
        Line("Assigned", policy.Equals(_store.Active, StringComparison.OrdinalIgnoreCase) ? "YES" : "NO");
        foreach (string rule in _store.RulesOf(policy))
        {
            ShowRule(rule);
        }

        _output.Append("\r\n");
    }

    private void ShowRules(string[] words)
    {
        bool all = words.Any(w => w.Equals("all", StringComparison.OrdinalIgnoreCase));
        NetshTags tags = new(words.Where(w => !w.Equals("all", StringComparison.OrdinalIgnoreCase)), ["name", "policy", "type", "level", "format", "wide"], "id");
        string policy = NetshIpsecStatic.Find(_store, IpsecStore.Policy, tags.Need("policy"));
        string? name = all ? null : tags.Need("name");
        string[] rules = [.. _store.RulesOf(policy).Where(r => name is null || _store.NameOf(r).Equals(name, StringComparison.OrdinalIgnoreCase))];
        if (rules.Length == 0)
        {
            throw new NetshException("The specified rule does not exist");
        }

        foreach (string rule in rules)
        {
            ShowRule(rule);
        }
    }

    private void ShowRule(string rule)
    {
        (string? list, string? action) = _store.PartsOf(rule);
        Line("Rule Name", _store.NameOf(rule));
        Line("Activated", _store.IsActive(rule) ? "YES" : "NO");
        Line("FilterList Name", list is null ? "NONE" : _store.NameOf(list));
        Line("FilterAction Name", action is null ? "NONE" : _store.NameOf(action));
    }

    private void ShowList(string list)
    {
        Line("FilterList Name", _store.NameOf(list));
        foreach (IpsecStoredFilter filter in _store.Filters(list))
        {
            Line("Source", IpsecWords.Address(filter.Source));
            Line("Destination", IpsecWords.Address(filter.Destination));
            Line("Mirrored", filter.Mirrored ? "YES" : "NO");
            Line("Protocol", IpsecWords.Protocol(filter.Protocol));
            Line("Source Port", filter.SourcePort == 0 ? "ANY" : $"{filter.SourcePort}");
            Line("Destination Port", filter.DestinationPort == 0 ? "ANY" : $"{filter.DestinationPort}");
        }

        _output.Append("\r\n");
    }

    private void Line(string label, string value) => _output.Append($"{label,-24}: {value}\r\n");
}
