using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>A machine of its own address for one test, on a clock that only the test moves.</summary>
internal sealed class TestMachine : IDisposable
{
    public const string Msu = @"C:\Windows\TEMP\update.msu";
    public static readonly byte[] PackageContent = Encoding.UTF8.GetBytes("content of kb4551762");
    public static readonly DateTimeOffset Noon = new(2020, 3, 20, 12, 0, 0, TimeSpan.Zero);
    private static int s_next;

    public TestMachine(Action<JsonObject>? change = null, bool start = true)
    {
        JsonObject profile = Profile();
        change?.Invoke(profile);
        int number = Interlocked.Increment(ref s_next);
        Clock = LabClock.Frozen(Noon);
        Address = new IPAddress([127, 84, (byte)(Environment.ProcessId % 250), (byte)number]);
        Machine = Machine.FromJson($"host{number}", Address, JsonSerializer.SerializeToElement(profile), Clock);
        Machine.Up += () => Events.Add("up");
        Machine.Down += why => Events.Add("down " + why);
        if (start)
        {
            Machine.Start();
        }
    }

    public Machine Machine { get; }

    public LabClock Clock { get; }

    public IPAddress Address { get; }

    public List<string> Events { get; } = [];

    public ProgramContext Remote => new() { Account = @"WS01\Administrator", IsAdmin = true, Logon = LogonKind.NetworkCleartext };

    public static JsonObject Profile() => JsonNode.Parse($$"""
        {
          "name": "WS01",
          "os": { "product": "Windows 10 Enterprise", "caption": "Microsoft Windows 10 Enterprise", "version": "10.0.18362", "ubr": 719,
                  "releaseId": "1903", "edition": "Enterprise", "language": "ENU", "culture": "en-US", "arch": "x64", "productType": 1 },
          "powershell": { "version": "5.1.18362.628" },
          "accounts": { "Administrator": { "password": "Secret-1", "admin": true }, "guest": { "password": "g", "disabled": true } },
          "lockout": { "threshold": 3, "windowMinutes": 10, "durationMinutes": 15 },
          "services": {
            "RpcSs": { "canStop": false }, "LanmanServer": { "display": "Server" }, "Browser": { "dependsOn": ["LanmanServer"] },
            "PolicyAgent": { "start": "manual" }, "Schedule": {}, "WinRM": {}, "mpssvc": {}, "wuauserv": { "state": "stopped", "start": "manual" },
            "RemoteRegistry": { "state": "stopped", "start": "disabled" }
          },
          "listens": { "tcp": { "135": "RpcSs", "445": "LanmanServer", "5985": "WinRM" }, "udp": { "137": "LanmanServer" } },
          "registry": { "HKLM\\SOFTWARE\\Lab": { "Text": "hello", "Number": 7, "(default)": "d", "List": { "type": "REG_MULTI_SZ", "value": ["a", "b"] } } },
          "files": { "%SystemRoot%\\System32\\drivers\\srv2.sys": { "version": "10.0.18362.693", "size": 796160 } },
          "programs": ["cmd", "dism", "expand", "net", "netsh", "powershell", "reg", "sc", "schtasks", "shutdown", "taskkill", "tasklist", "wusa"],
          "accepts": [
            { "package": "kb4551762", "file": "windows10.0-kb4551762-x64.msu", "kb": "KB4551762", "sha256": "{{Convert.ToHexString(SHA256.HashData(PackageContent))}}",
              "cbs": "Package_for_RollupFix~31bf3856ad364e35~amd64~~18362.720.1.3",
              "requires": { "builds": [18362], "arch": ["x64"], "supersededFromUbr": 720 }, "durationSeconds": 30,
              "effectsNow": { "registry": { "HKLM\\SOFTWARE\\Lab": { "Staged": 1 } } },
              "effectsAtBoot": { "ubr": 720, "files": { "%SystemRoot%\\System32\\drivers\\srv2.sys": { "version": "10.0.18362.720", "size": 796161 } } },
              "hotfix": { "description": "Security Update" } },
            { "package": "second", "file": "second.msu", "kb": "KB2", "sha256": "{{Convert.ToHexString(SHA256.HashData("second"u8))}}", "durationSeconds": 10, "exitCode": 0 },
            { "package": "other-build", "file": "o.msu", "kb": "KB3", "sha256": "{{Convert.ToHexString(SHA256.HashData("other"u8))}}", "requires": { "builds": [17763] } },
            { "package": "needs-ssu", "file": "n.msu", "kb": "KB4", "sha256": "{{Convert.ToHexString(SHA256.HashData("needs"u8))}}", "requires": { "prerequisites": ["KB9"] } }
          ],
          "boot": { "uptimeHours": 100, "shutdownSeconds": 1, "durationSeconds": 5 }
        }
        """)!.AsObject();

    public ProgramResult Run(string program, params string[] arguments) => Machine.Programs.Run(program, arguments, ProgramContext.System);

    public ProgramResult Netsh(string command) => Run("netsh", [.. CommandLine.Split("ipsec static " + command)]);

    public RunningProgram StartInstall()
    {
        Machine.Files.WriteBytes(Msu, PackageContent);
        RunningProgram running = Machine.Programs.Start("wusa.exe", [Msu, "/quiet", "/norestart"], ProgramContext.System);
        Until(() => Machine.Packages.Busy || running.Completion.IsCompleted, advance: false);
        return running;
    }

    /// <summary>Exit code of a program, once it has ended.</summary>
    public int ExitOf(RunningProgram running)
    {
        Until(() => running.Completion.IsCompleted);
        return running.Completion.Result.ExitCode;
    }

    /// <summary>Moves the clock in small steps until the condition holds; a condition that never comes fails the test.</summary>
    public void Until(Func<bool> condition, bool advance = true)
    {
        for (int i = 0; i < 4000; i++)
        {
            if (condition())
            {
                return;
            }

            if (advance)
            {
                Clock.AdvanceBy(TimeSpan.FromMilliseconds(500));
            }

            Thread.Sleep(5);
        }

        Assert.Fail("it never came to that");
    }

    public void Reboot()
    {
        int boots = Count("boot");
        Machine.Power.Reboot("test");
        Until(() => Count("boot") > boots && Machine.Power.State == PowerState.On);
    }

    public int Count(string kind, string? field = null, string? value = null) =>
        Machine.History.Entries.Count(e => e.Kind == kind && (field is null || e[field] == value));

    public object? Registry(string key, string name) => Machine.Registry.GetValue(key, name)?.Data;

    public void Dispose()
    {
        Machine.Dispose();
        Clock.Dispose();
    }
}
