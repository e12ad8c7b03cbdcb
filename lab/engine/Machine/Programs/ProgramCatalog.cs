namespace Firebreak.Lab.Machines;

/// <summary>All programs that the lab emulates.</summary>
internal static class ProgramCatalog
{
    private static readonly Dictionary<string, Func<ILabProgram>> s_programs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["cmd"] = () => new CmdProgram(),
        ["dism"] = () => new DismProgram(),
        ["expand"] = () => new ExpandProgram(),
        ["net"] = () => new NetProgram(),
        ["netsh"] = () => new NetshProgram(),
        ["powershell"] = () => new PowerShellProgram(),
        ["reg"] = () => new RegProgram(),
        ["sc"] = () => new ScProgram(),
        ["schtasks"] = () => new SchtasksProgram(),
        ["shutdown"] = () => new ShutdownProgram(),
        ["taskkill"] = () => new TaskkillProgram(),
        ["tasklist"] = () => new TasklistProgram(),
        ["wusa"] = () => new WusaProgram(),
    };

    /// <summary>Full path → program, of those the profile lists.</summary>
    /// <exception cref="ArgumentException">The lab has no such program.</exception>
    public static IReadOnlyDictionary<string, ILabProgram> For(MachineProfile profile)
    {
        Dictionary<string, ILabProgram> programs = new(StringComparer.OrdinalIgnoreCase);
        foreach (string name in profile.Programs)
        {
            string plain = name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
            if (!s_programs.TryGetValue(plain, out Func<ILabProgram>? make))
            {
                throw new ArgumentException($"the lab has no program {name}");
            }

            string folder = plain.Equals("powershell", StringComparison.OrdinalIgnoreCase) ? @"C:\Windows\System32\WindowsPowerShell\v1.0" : @"C:\Windows\System32";
            programs[$@"{folder}\{plain.ToLowerInvariant()}.exe"] = make();
        }

        return programs;
    }
}
