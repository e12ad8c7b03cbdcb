namespace Firebreak.Lab.Machines;

/// <summary>netsh.exe: the contexts "ipsec static", and a little of "advfirewall" and "firewall"; -c CONTEXT and -f FILE.</summary>
internal sealed class NetshProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        List<string> words = [.. arguments];
        string[] prefix = [];
        while (words.Count > 1 && words[0].ToLowerInvariant() is "-c" or "-f" or "-r" or "-u" or "-p" or "-a")
        {
            string option = words[0].ToLowerInvariant();
            string value = words[1];
            words.RemoveRange(0, 2);
            switch (option)
            {
                case "-c":
                    prefix = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    break;
                case "-f":
                    return RunScript(machine, prefix, value, context);
                default:
                    throw new LabRefusalException($"netsh {option}");
            }
        }

        return RunCommand(machine, [.. prefix, .. words], context);
    }

    private static ProgramResult RunScript(Machine machine, string[] prefix, string file, ProgramContext context)
    {
        string path = machine.Files.Normalize(file, context.CurrentDirectory);
        if (!machine.Files.FileExists(path))
        {
            return new(1, $"The system cannot find the file specified: {file}\r\n");
        }

        string output = "";
        int exitCode = 0;
        string[] current = prefix;
        foreach (string line in machine.Files.ReadText(path).Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            // The script's words go through the same parsing as a command line; pushd/popd change the context.
            IReadOnlyList<string> words = CommandLine.Split(line);
            if (words[0].ToLowerInvariant() is "pushd" or "popd" or "exit" or "bye" or "quit" || words.Count < 2)
            {
                throw new LabRefusalException($"netsh script line '{line}'");
            }

            ProgramResult result = RunCommand(machine, [.. current, .. words], context);
            output += result.Output;
            exitCode = result.ExitCode != 0 ? result.ExitCode : exitCode;
        }

        return new(exitCode, output);
    }

    // The context ipsec came with Windows Server 2003, advfirewall with Vista.
    private static bool IsUnknown(string context, Machine machine) => machine.Os.Number < (context == "ipsec" ? new Version(5, 2) : new Version(6, 0));

    private static ProgramResult RunCommand(Machine machine, IReadOnlyList<string> words, ProgramContext context)
    {
        string first = words.Count > 0 ? words[0].ToLowerInvariant() : "";
        switch (first)
        {
            case "ipsec" or "advfirewall" when IsUnknown(first, machine):
                return new(1, $"The following command was not found: {string.Join(' ', words)}.\r\n");
            case "ipsec" when words.Count > 1 && words[1].Equals("static", StringComparison.OrdinalIgnoreCase):
                ProgramResult result = new(1);
                machine.Ipsec.Change(() => result = new NetshIpsecStatic(machine, context).Run([.. words.Skip(2)]));
                return result;
            case "advfirewall":
                return NetshAdvfirewall.Run(machine, [.. words.Skip(1)], context);
            case "firewall" when machine.Exceptions.Exists:
                return NetshFirewall.Run(machine, [.. words.Skip(1)], context);
            case "firewall" when machine.Os.Number.Major == 5:
                return new(1, $"The following command was not found: {string.Join(' ', words)}.\r\n");
            case "ipsec" or "firewall" or "interface" or "int" or "winhttp" or "http" or "wlan" or "lan" or "dhcpclient" or "branchcache" or "add" or "show" or "dump":
                throw new LabRefusalException($"netsh {string.Join(' ', words.Take(2))}");
            default:
                return new(1, $"The following command was not found: {string.Join(' ', words)}.\r\n");
        }
    }
}
