namespace Firebreak.Lab.Machines;

/// <summary>All programs that the lab emulates.</summary>
internal static class ProgramCatalog
{
    private static readonly Dictionary<string, Func<ILabProgram>> s_programs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["at"] = () => new AtProgram(),
        ["auditpol"] = () => new AuditPolProgram(),
        ["cmd"] = () => new CmdProgram(),
        ["dism"] = () => new DismProgram(),
        ["expand"] = () => new ExpandProgram(),
        ["find"] = () => new FindProgram(),
        ["ipseccmd"] = () => new IpsecPolProgram(isXp: true),
        ["ipsecpol"] = () => new IpsecPolProgram(isXp: false),
        ["msiexec"] = () => new MsiexecProgram(),
        ["mrt"] = () => new RemovalProgram(),
        ["net"] = () => new NetProgram(),
        ["netdiag"] = () => new NetdiagProgram(),
        ["netsh"] = () => new NetshProgram(),
        ["netstat"] = () => new NetstatProgram(),
        ["ping"] = () => new PingProgram(),
        ["powershell"] = () => new PowerShellProgram(),
        ["quser"] = () => new QuserProgram(),
        ["reg"] = () => new RegProgram(),
        ["regedit"] = () => new RegeditProgram(),
        ["sc"] = () => new ScProgram(),
        ["schtasks"] = () => new SchtasksProgram(),
        ["secedit"] = () => new SeceditProgram(),
        ["shutdown"] = () => new ShutdownProgram(),
        ["taskkill"] = () => new TaskkillProgram(),
        ["tasklist"] = () => new TasklistProgram(),
        ["wusa"] = () => new WusaProgram(),
    };

    /// <summary>The program that a file's content is, wherever it was copied: an installer or a tool of a package. Null: none of the lab's.</summary>
    public static ILabProgram? Carried(Machine machine, string path)
    {
        if (machine.Packages.RecogniseUninstaller(path) is { } removed)
        {
            return new UninstallProgram(removed);
        }

        return machine.Packages.Recognise(path) switch
        {
            { Engine: "update" or "update2" or "hotfix" } package => new UpdateProgram(package),
            { Engine: "tool", Program: { } name } when s_programs.TryGetValue(name, out Func<ILabProgram>? make) => make(),
            _ => null,
        };
    }

    /// <summary>Full path → program, of those the profile lists.</summary>
    /// <exception cref="ArgumentException">The lab has no such program.</exception>
    public static IReadOnlyDictionary<string, ILabProgram> For(MachineProfile profile)
    {
        Dictionary<string, ILabProgram> programs = new(StringComparer.OrdinalIgnoreCase);

        // Every Windows with programs at all has these, so no profile lists them.
        foreach (string name in profile.Programs.Count == 0 ? [] : profile.Programs.Concat(["find", "netstat", "regedit"]))
        {
            string plain = name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
            if (!s_programs.TryGetValue(plain, out Func<ILabProgram>? make))
            {
                throw new ArgumentException($"the lab has no program {name}");
            }

            string system = profile.Os.SystemRoot.TrimEnd('\\') + @"\System32";
            string folder = plain.ToLowerInvariant() switch
            {
                "powershell" => system + @"\WindowsPowerShell\v1.0",
                "regedit" => profile.Os.SystemRoot.TrimEnd('\\'),
                _ => system,
            };
            programs[$@"{folder}\{plain.ToLowerInvariant()}.exe"] = make();
        }

        return programs;
    }
}
