using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>The removal tool on an infected machine: what it takes away, what it leaves, and when it waits for a user.</summary>
public sealed class RemovalTests
{
    private const string RunKey = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run";
    private const string Worm = @"C:\WINNT\system32\msblast.exe";

    private static void Infected(JsonObject p)
    {
        Era.Windows2000(p);
        p["programs"]!.AsArray().Add("mrt");
        JsonObject files = p["files"]!.AsObject();
        files[Worm] = new JsonObject { ["size"] = 6176 };
        files[@"C:\WINNT\system32\wins\svchost.exe"] = new JsonObject { ["size"] = 19728 };
        files[@"C:\WINNT\system32\svchost.exe"] = new JsonObject { ["size"] = 7952 };
        p["services"]!["RpcTftpd"] = new JsonObject { ["image"] = @"C:\WINNT\system32\wins\svchost.exe" };
        p["registry"] = new JsonObject { [RunKey] = new JsonObject { ["windows auto update"] = "msblast.exe", ["Other"] = "other.exe" } };
        p["processes"] = new JsonArray(new JsonObject { ["path"] = Worm, ["account"] = @"NT AUTHORITY\SYSTEM" });
    }

    private static int Exit(TestMachine test, params string[] arguments) => test.ExitOf(test.Machine.Programs.Start("mrt.exe", arguments, ProgramContext.System));

    private static bool[] Signs(TestMachine test) =>
    [
        test.Machine.Files.FileExists(Worm),
        test.Machine.Processes.All.Any(p => p.Name == "msblast.exe"),
        test.Machine.Registry.GetValue(RunKey, "windows auto update") is not null,
        test.Machine.Services.Get("RpcTftpd") is not null,
        test.Machine.Files.FileExists(@"C:\WINNT\system32\wins\svchost.exe"),
    ];

    [Fact]
    public void It_removes_the_worms_and_nothing_else_and_says_so()
    {
        using TestMachine test = new(Infected);
        Assert.Equal([true, true, true, true, true], Signs(test));
        Assert.Equal(6, Exit(test, "/Q"));
        Assert.Equal([false, false, false, false, false], Signs(test));
        Assert.True(test.Machine.Files.FileExists(@"C:\WINNT\system32\svchost.exe"));
        Assert.NotNull(test.Machine.Registry.GetValue(RunKey, "Other"));
        Assert.Contains("Win32/Msblast", test.Machine.Files.ReadText(@"C:\WINNT\debug\mrt.log"));
        Assert.Equal(0, Exit(test, "/q"));
    }

    [Fact]
    public void It_only_looks_when_told_so()
    {
        using TestMachine test = new(Infected);
        Assert.Equal(6, Exit(test, "/Q", "/N"));
        Assert.Equal([true, true, true, true, true], Signs(test));
    }

    [Fact]
    public void Without_the_switch_it_waits_for_a_user()
    {
        using TestMachine test = new(Infected);
        RunningProgram running = test.Machine.Programs.Start("mrt.exe", [], ProgramContext.System);
        test.Until(() => test.Machine.History.Entries.Any(e => e.Kind == "package"));
        test.Clock.AdvanceBy(TimeSpan.FromHours(5));
        Assert.False(running.Completion.IsCompleted);
        Assert.True(Signs(test)[0]);
    }
}
