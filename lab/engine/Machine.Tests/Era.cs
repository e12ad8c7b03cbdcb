using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>Profiles of machines before Vista, made from the common one.</summary>
internal static class Era
{
    public const string Key = @"HKLM\SOFTWARE\Microsoft\Updates\Windows 2000\SP5\KB824146";

    public static byte[] Content(string package) => Encoding.UTF8.GetBytes("content of " + package);

    public static void Nt4(JsonObject p)
    {
        Make(p, "NT4", "4.0.1381", @"C:\WINNT", 6);
        p["services"]!.AsObject().Remove("RemoteRegistry");
        p["services"]!.AsObject().Remove("PolicyAgent");
        p["services"]!.AsObject().Remove("winmgmt");
        p["listens"]!["tcp"] = new JsonObject { ["135"] = "RpcSs", ["139"] = "LanmanServer" };
        p["os"]!["suites"] = new JsonArray("Terminal Server");
    }

    public static void Windows2000(JsonObject p) => Make(p, "W2K", "5.0.2195", @"C:\WINNT", 4);

    public static void Xp(JsonObject p) => Make(p, "XP01", "5.1.2600", @"C:\WINDOWS", 1);

    public static void Windows2003(JsonObject p) => Make(p, "W2K3", "5.2.3790", @"C:\WINDOWS", 0);

    public static void Me(JsonObject p)
    {
        Make(p, "ME01", "4.90.3000", @"C:\WINDOWS", 0);
        p["services"] = new JsonObject();
        p["listens"]!["tcp"] = new JsonObject { ["139"] = "" };
        p["listens"]!["udp"] = new JsonObject();
        p["programs"] = new JsonArray("cmd");
        p["registry"] = new JsonObject();
        p["files"] = new JsonObject();
    }

    private static void Make(JsonObject p, string name, string version, string root, int servicePack)
    {
        p["name"] = name;
        p["powershell"] = null;
        JsonObject os = p["os"]!.AsObject();
        os["product"] = "Windows " + version;
        os["caption"] = "Windows " + version;
        os["version"] = version;
        os["systemRoot"] = root;
        os["servicePack"] = servicePack;
        os["ubr"] = 0;
        os["releaseId"] = null;
        os["arch"] = "x86";
        JsonObject services = p["services"]!.AsObject();
        services.Remove("mpssvc");
        services.Remove("WinRM");
        services.Remove("wuauserv");
        services["PolicyAgent"] = new JsonObject();
        services["RemoteRegistry"] = new JsonObject();
        services["winmgmt"] = new JsonObject();
        services["RpcSs"] = new JsonObject { ["canStop"] = false, ["failure"] = new JsonArray("reboot/60000") };
        p["listens"]!["tcp"] = new JsonObject { ["135"] = "RpcSs", ["139"] = "LanmanServer", ["445"] = "LanmanServer", ["4444"] = "msblast.exe" };
        p["programs"] = new JsonArray("cmd", "net", "netsh", "netdiag", "reg", "sc", "at", "shutdown", "taskkill", "tasklist", "ipsecpol", "ipseccmd", "ping");
        p["files"] = new JsonObject { [@"%SystemRoot%\system32\ole32.dll"] = new JsonObject { ["version"] = "5.0.2195.6600", ["size"] = 900 } };
        p["accepts"] = new JsonArray(
            Package("old", "update"),
            Package("new", "update2"),
            Package("nt", "hotfix", exitCode: 0, reboot: true),
            Package("jpn", "update", requires: new JsonObject { ["language"] = new JsonArray("JPN") }),
            Package("sp2", "update", requires: new JsonObject { ["servicePacks"] = new JsonArray(2) }),
            Package("tse", "update", requires: new JsonObject { ["suites"] = new JsonArray("Terminal Server") }),
            Package("pc98", "update", requires: new JsonObject { ["platform"] = "nec98" }),
            new JsonObject { ["package"] = "tool", ["file"] = "reg.exe", ["kb"] = "tool", ["engine"] = "tool", ["program"] = "reg", ["sha256"] = Sha("tool") });
    }

    private static string Sha(string package) => Convert.ToHexString(SHA256.HashData(Content(package)));

    private static JsonObject Package(string name, string engine, int exitCode = 3010, bool? reboot = null, JsonObject? requires = null) => new()
    {
        ["package"] = name,
        ["file"] = name + ".exe",
        ["kb"] = "KB824146",
        ["engine"] = engine,
        ["sha256"] = Sha(name),
        ["requires"] = requires ?? [],
        ["durationSeconds"] = 5,
        ["exitCode"] = exitCode,
        ["reboot"] = reboot,
        ["uninstall"] = "$NtUninstallKB824146$",
        ["log"] = "KB824146.log",
        ["effectsNow"] = new JsonObject { ["registry"] = new JsonObject { [Key] = new JsonObject { ["Installed"] = 1 } } },
        ["effectsAtBoot"] = new JsonObject { ["files"] = new JsonObject { [@"%SystemRoot%\system32\ole32.dll"] = new JsonObject { ["version"] = "5.0.2195.6810", ["size"] = 901 } } },
        ["hotfix"] = new JsonObject { ["id"] = "File 1", ["servicePackInEffect"] = "KB824146" },
    };
}
