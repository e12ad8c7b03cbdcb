namespace Firebreak.Lab.Machines;

/// <summary>
/// The Malicious Software Removal Tool: ends the programs of the worms that it knows, and removes their files, values and
/// services. /Q keeps it from asking, /N only looks; without /Q it shows a window and waits for a user for ever.
/// </summary>
internal sealed class RemovalProgram : ILabProgram
{
    private const int Clean = 0;
    private const int NoAdministrator = 2;
    private const int Found = 6;
    private const string RunKey = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run";

    // Made up: a real one takes minutes.
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(3);

    private static readonly Worm[] s_worms =
    [
        new("Win32/Msblast", ["msblast.exe", "penis32.exe", "teekids.exe", "mspatch.exe", "mslaugh.exe", "enbiei.exe"], ["windows auto update"], []),
        new("Win32/Nachi", [@"wins\dllhost.exe", @"wins\svchost.exe"], [], ["RpcPatch", "RpcTftpd"]),
    ];

    private sealed record Worm(string Name, string[] Files, string[] RunValues, string[] Services);

    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        bool quiet = false;
        bool onlyLook = false;
        foreach (string argument in arguments)
        {
            switch (argument.ToUpperInvariant())
            {
                case "/Q" or "-Q":
                    quiet = true;
                    break;
                case "/N" or "-N":
                    onlyLook = true;
                    break;
                case "/F" or "/F:Y":
                    throw new LabRefusalException($"{argument} of the removal tool");
                default:
                    WaitForUser(machine, "usage", context.Cancellation);
                    break;
            }
        }

        if (!quiet)
        {
            WaitForUser(machine, "wizard", context.Cancellation);
        }

        if (!context.IsAdmin)
        {
            return new(NoAdministrator);
        }

        machine.Clock.Sleep(s_duration, context.Cancellation);
        string log = "";
        foreach (Worm worm in s_worms)
        {
            List<string> seen = [.. Treat(machine, worm, onlyLook)];
            log += seen.Count == 0 ? "" : $"Found virus: {worm.Name}\r\n" + string.Concat(seen.Select(s => $"  {s}\r\n"));
        }

        machine.Files.CreateFolder($@"{machine.Os.SystemRoot}\debug");
        string result = log.Length == 0 ? "No infection found.\r\n" : log;
        machine.Files.WriteText($@"{machine.Os.SystemRoot}\debug\mrt.log", $"Microsoft Windows Malicious Software Removal Tool\r\n{result}");
        return new(log.Length == 0 ? Clean : Found);
    }

    private static IEnumerable<string> Treat(Machine machine, Worm worm, bool onlyLook)
    {
        foreach (string service in worm.Services.Where(s => machine.Services.Get(s) is not null))
        {
            if (!onlyLook)
            {
                if (machine.Services.IsRunning(service))
                {
                    machine.Services.Stop(service, force: true);
                }

                machine.Services.Delete(service);
            }

            yield return $"service {service}";
        }

        foreach (string path in worm.Files.Select(f => $@"{machine.Os.System32}\{f}"))
        {
            foreach (LabProcess process in machine.Processes.All.Where(p => path.Equals(p.Path, StringComparison.OrdinalIgnoreCase)))
            {
                if (!onlyLook)
                {
                    machine.Processes.Kill(process.Id);
                }

                yield return $"process {path}";
            }

            if (machine.Files.FileExists(path))
            {
                if (!onlyLook)
                {
                    machine.Files.Delete(path);
                }

                yield return $"file {path}";
            }
        }

        foreach (string name in worm.RunValues.Where(n => machine.Registry.GetValue(RunKey, n) is not null))
        {
            if (!onlyLook)
            {
                machine.Registry.DeleteValue(RunKey, name);
            }

            yield return $@"value {RunKey}\{name}";
        }
    }

    private static void WaitForUser(Machine machine, string why, CancellationToken cancellation)
    {
        machine.History.Add("package", ("package", "removal tool"), ("phase", "waits-for-user"), ("exitCode", null), ("why", why));
        machine.Clock.Sleep(Timeout.InfiniteTimeSpan, cancellation);
    }
}
