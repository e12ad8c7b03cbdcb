namespace Firebreak.Lab.Machines;

/// <summary>Flags of ipsecpol and ipseccmd.</summary>
internal sealed class IpsecPolOptions
{
    private readonly List<string> _filters = [];
    private readonly List<string> _rules = [];

    private IpsecPolOptions()
    {
    }

    /// <summary>-w was given: a policy in the registry.</summary>
    public bool IsStatic { get; private set; }

    /// <summary>-p without its interval.</summary>
    public string? Policy { get; private set; }

    /// <summary>-r, perhaps several (with -o).</summary>
    public IReadOnlyList<string> Rules => _rules;

    /// <summary>-n BLOCK (true) or PASS (false); null: none given.</summary>
    public bool? Block { get; private set; }

    /// <summary>-x.</summary>
    public bool Assign { get; private set; }

    /// <summary>-y.</summary>
    public bool Unassign { get; private set; }

    /// <summary>-o.</summary>
    public bool Delete { get; private set; }

    /// <summary>-u.</summary>
    public bool Undo { get; private set; }

    /// <exception cref="FormatException">Wrong flags.</exception>
    /// <exception cref="LabRefusalException">Flags that the lab has not.</exception>
    public static IpsecPolOptions Parse(string[] words, string program)
    {
        IpsecPolOptions options = new();
        for (int at = 0; at < words.Length; at++)
        {
            string flag = words[at].ToLowerInvariant();
            string Value() => at + 1 < words.Length ? words[++at] : throw new FormatException($"{flag} needs a value");
            switch (flag)
            {
                case "-f":
                    while (at + 1 < words.Length && words[at + 1][0] != '-')
                    {
                        options._filters.Add(words[++at]);
                    }

                    break;
                case "-n":
                    options.Block = Value().ToUpperInvariant() switch
                    {
                        "BLOCK" => true,
                        "PASS" => false,
                        string other => throw new LabRefusalException($"IPsec negotiation ({program} -n {other})"),
                    };
                    break;
                case "-w":
                    options.IsStatic = Value().ToUpperInvariant() == "REG" ? true : throw new LabRefusalException($"policies outside the registry ({program} -w {words[at]})");
                    break;
                case "-p":
                    string name = Value();
                    int colon = name.LastIndexOf(':');
                    options.Policy = colon > 0 && name[(colon + 1)..].All(char.IsAsciiDigit) ? name[..colon] : name;
                    break;
                case "-r":
                    options._rules.Add(Value());
                    break;
                case "-x":
                    options.Assign = true;
                    break;
                case "-y":
                    options.Unassign = true;
                    break;
                case "-o":
                    options.Delete = true;
                    break;
                case "-u":
                    options.Undo = true;
                    break;
                case "-lan":
                    break;
                case "-t" or "-a" or "-soft" or "-dialup" or "-1s" or "-1k" or "-1p" or "-1f" or "-1e" or "-confirm" or "-k":
                    throw new LabRefusalException($"{program} {flag}");
                default:
                    throw new FormatException($"unknown flag {words[at]}");
            }
        }

        bool isAboutPolicies = options.Policy is not null || options._rules.Count > 0 || options.Assign || options.Unassign || options.Delete;
        return options.IsStatic || !isAboutPolicies ? options : throw new FormatException("-p, -r, -x, -y and -o need -w");
    }

    /// <summary>The filters of -f; names are looked up on the machine's network.</summary>
    /// <exception cref="FormatException">No filter.</exception>
    public IEnumerable<IpsecPolFilter> Filters(Machine machine) => _filters.Select(f => IpsecPolFilter.Parse(f, machine)).ToArray();
}
