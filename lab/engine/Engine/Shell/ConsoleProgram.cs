using System.Net;
using System.Text;
using System.Text.Json;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Shell;

/// <summary>
/// The engine as powershell.exe or pwsh of one machine, for a program that starts PowerShell itself:
/// <c>--console MACHINE.json ADDRESS [arguments of powershell.exe]</c>. Its standard streams are PowerShell's.
/// </summary>
internal static class ConsoleProgram
{
    /// <summary>The argument that asks for it.</summary>
    public const string Switch = "--console";

    // What PowerShell ends with when its command line is wrong.
    private const int BadCommandLine = 64;

    /// <summary>Runs until the standard input ends, or the client closes its session.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        // Taken before anything can write to the console: a script's own writing must not get between the packets.
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true };
        var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false), false, 1 << 16);
        TextWriter error = Console.Error;
        if (arguments.Count < 2 || !IPAddress.TryParse(arguments[1], out IPAddress? address))
        {
            error.WriteLine($"usage: {Switch} MACHINE.json ADDRESS [arguments of powershell.exe]");
            return BadCommandLine;
        }
        ConsoleArguments options = ConsoleArguments.Parse(arguments.Skip(2));
        if (options.Error is { } wrong)
        {
            error.WriteLine(wrong);
            return BadCommandLine;
        }
        JsonElement profile = JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(arguments[0]));
        EngineStart.Once();
        using var clock = new LabClock();
        using Machine machine = Machine.FromJson(profile.GetProperty("name").GetString()!.ToLowerInvariant(), address, profile, clock);
        machine.PowerShellRunner = Programs.PowerShellProgram.Run;
        machine.Start();
        new StdioServer(Context(machine, options), input, output, error).Run();
        return 0;
    }

    // The administrator, logged on at the machine itself.
    private static SessionContext Context(Machine machine, ConsoleArguments options)
    {
        Account account = machine.Accounts.All.First(a => a.Admin);
        var program = new ProgramContext { Account = $"{machine.Name}\\{account.Name}", IsAdmin = true, Logon = LogonKind.Interactive };
        const string Image = @"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";
        LabProcess process = machine.Processes.Add("powershell.exe", Image, Image + " " + options.Text, program.Account, 640, out _);
        return new SessionContext(machine, program with { ProcessId = process.Id }, process.Id, isRemote: false);
    }
}
