using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Engine.Tests;

/// <summary>One engine with two machines, for all tests of a class that do not restart them.</summary>
public sealed class LabFixture : IDisposable
{
    /// <summary>Makes the machines.</summary>
    public LabFixture()
    {
        Engine.Ask("hello");
        Create("ws01", "127.83.250.1", "en-US");
        Create("ws02", "127.83.250.2", "ja-JP");
        First = Open("ws01");
        Second = Open("ws02");
    }

    /// <summary>The engine.</summary>
    public EngineProcess Engine { get; } = new();

    /// <summary>A session on the first machine (English).</summary>
    public Runspace First { get; }

    /// <summary>A session on the second machine (Japanese).</summary>
    public Runspace Second { get; }

    /// <summary>Makes a machine.</summary>
    public void Create(string host, string address, string culture)
    {
        JsonNode machine = JsonNode.Parse(
            """
            { "os": { "product": "Windows 10 Enterprise", "caption": "Microsoft Windows 10 Enterprise", "version": "10.0.18362", "ubr": 719, "edition": "Enterprise" },
              "powershell": { "version": "5.1.18362.1", "edition": "Desktop" },
              "accounts": { "Administrator": { "password": "pw", "admin": true } },
              "services": { "LanmanServer": { "state": "running", "start": "automatic", "display": "Server" },
                            "Schedule": { "state": "running", "start": "automatic", "display": "Task Scheduler" } },
              "registry": { "HKLM\\SOFTWARE\\X": { "Name": "text", "Number": 5, "List": { "type": "REG_MULTI_SZ", "value": ["a", "b"] } } },
              "files": { "%SystemRoot%\\System32\\drivers\\srv2.sys": { "version": "10.0.18362.1", "size": 790000 } },
              "hotfixes": [{ "id": "KB4517389", "installedOn": "2019-10-08" }],
              "boot": { "uptimeHours": 24, "shutdownSeconds": 0.1, "durationSeconds": 0.3 },
              "programs": ["reg", "cmd", "powershell", "schtasks", "shutdown"] }
            """)!;
        machine["name"] = host.ToUpperInvariant();
        machine["os"]!["culture"] = culture;
        machine["os"]!["language"] = culture == "ja-JP" ? "JPN" : "ENU";
        machine["os"]!["utcOffsetMinutes"] = culture == "ja-JP" ? 540 : 0;
        Engine.Ask("host.create", new JsonObject { ["host"] = host, ["address"] = address, ["machine"] = machine });
    }

    /// <summary>Opens a session.</summary>
    public Runspace Open(string host)
    {
        Runspace runspace = RunspaceFactory.CreateRunspace(new WireConnectionInfo(Engine, host));
        runspace.Open();
        return runspace;
    }

    /// <summary>Runs a script; its error records are in the result too.</summary>
    public static (PSObject[] Output, ErrorRecord[] Errors) Run(Runspace session, string script)
    {
        using PowerShell shell = PowerShell.Create();
        shell.Runspace = session;
        shell.AddScript(script, useLocalScope: true);
        var output = new List<PSObject>();
        try
        {
            output.AddRange(shell.Invoke());
        }
        catch (RuntimeException error)
        {
            return ([.. output], [.. shell.Streams.Error, error.ErrorRecord]);
        }
        return ([.. output], [.. shell.Streams.Error]);
    }

    /// <summary>Runs a script that must not fail; its output as text.</summary>
    public static string[] Text(Runspace session, string script)
    {
        (PSObject[] output, ErrorRecord[] errors) = Run(session, script);
        Xunit.Assert.Empty(errors.Select(e => e.ToString()));
        return [.. output.Select(o => o?.ToString() ?? "")];
    }

    /// <summary>Runs a script that must write exactly one error; its id.</summary>
    public static string ErrorId(Runspace session, string script) => Xunit.Assert.Single(Run(session, script).Errors).FullyQualifiedErrorId;

    /// <inheritdoc/>
    public void Dispose() => Engine.Dispose();
}
