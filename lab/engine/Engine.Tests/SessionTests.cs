using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text.Json.Nodes;
using Xunit;

namespace Firebreak.Lab.Engine.Tests;

/// <summary>Sessions over the wire: streams, input, stop, end.</summary>
public sealed class SessionTests(LabFixture lab) : IClassFixture<LabFixture>
{
    [Fact]
    public void The_version_table_is_that_of_the_machine()
    {
        string[] shown = LabFixture.Text(lab.First, "$PSVersionTable.PSVersion; $PSVersionTable.PSEdition; $PSVersionTable.BuildVersion; Test-Path variable:IsLinux");
        Assert.Equal(["5.1.18362.1", "Desktop", "10.0.18362.719", "False"], shown);
        var table = (PSPrimitiveDictionary)lab.First.GetApplicationPrivateData()["PSVersionTable"];
        Assert.Equal(new Version(5, 1, 18362, 1), table["PSVersion"]);
    }

    [Fact]
    public void Culture_is_that_of_the_machine() =>
        Assert.Equal(["ja-JP", "ja-JP"], LabFixture.Text(lab.Second, "$PSCulture; (Get-Culture).Name"));

    [Fact]
    public void All_streams_arrive()
    {
        using PowerShell shell = PowerShell.Create();
        shell.Runspace = lab.First;
        shell.AddScript("Write-Warning w; Write-Verbose v -Verbose; Write-Debug d -Debug; Write-Information i; Write-Host h; Write-Error e; Write-Progress a s -PercentComplete 5; 1");
        shell.Invoke();
        Assert.Equal("w", Assert.Single(shell.Streams.Warning).Message);
        Assert.Equal("v", Assert.Single(shell.Streams.Verbose).Message);
        Assert.Equal("d", Assert.Single(shell.Streams.Debug).Message);
        Assert.Equal(["i", "h"], shell.Streams.Information.Select(r => r.MessageData.ToString()!));
        Assert.Equal("Microsoft.PowerShell.Commands.WriteErrorException", Assert.Single(shell.Streams.Error).FullyQualifiedErrorId);
        Assert.Contains(shell.Streams.Progress, p => p is { Activity: "a", PercentComplete: 5 });
    }

    [Fact]
    public void Pipeline_input_reaches_a_running_pipeline()
    {
        using PowerShell shell = PowerShell.Create();
        shell.Runspace = lab.First;
        shell.AddScript("$input | ForEach-Object { $_ * 2 }");
        Assert.Equal([2, 4, 6], shell.Invoke<int>(new[] { 1, 2, 3 }));
    }

    [Fact]
    public void A_script_of_many_fragments_runs()
    {
        string filler = new('#', 200_000);
        Assert.Equal(["ok"], LabFixture.Text(lab.First, $"<{filler}#> 'ok'"));
    }

    [Fact]
    public void A_large_output_arrives_whole() =>
        Assert.Equal(["500000"], LabFixture.Text(lab.First, "'x' * 500000").Select(s => s.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Stopping_ends_a_pipeline_and_leaves_the_session_usable()
    {
        using (PowerShell shell = PowerShell.Create())
        {
            shell.Runspace = lab.First;
            shell.AddScript("'started'; Start-Sleep 600");
            var output = new PSDataCollection<PSObject>();
            using var started = new ManualResetEventSlim();
            output.DataAdded += (_, _) => started.Set();
            IAsyncResult running = shell.BeginInvoke<PSObject, PSObject>(null, output);
            Assert.True(started.Wait(TimeSpan.FromSeconds(30)));
            shell.Stop();
            Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        }
        Assert.Equal(["2"], LabFixture.Text(lab.First, "1+1"));
    }

    [Fact]
    public void Done_comes_once_after_the_last_data_of_a_pipeline()
    {
        Assert.Equal(["1"], LabFixture.Text(lab.Second, "1"));
        foreach (IGrouping<string, JsonObject> pipeline in lab.Engine.Events.Where(e => e["command"] is not null).GroupBy(e => e["command"]!.GetValue<string>()))
        {
            string[] kinds = [.. pipeline.Select(e => e["event"]!.GetValue<string>())];
            if (kinds.Contains("session.done"))
            {
                Assert.Equal(kinds.Length - 1, Array.IndexOf(kinds, "session.done"));
            }
        }
    }

    [Fact]
    public void Nothing_but_the_wire_is_on_standard_output()
    {
        LabFixture.Run(lab.First, "[Console]::WriteLine('leak'); [Console]::Out.WriteLine('leak'); $Host.UI.WriteLine('x'); 'y' | Out-Default");
        Assert.Empty(lab.Engine.Strays);
    }

    [Fact]
    public void A_session_dies_with_its_machine_and_a_new_one_opens_after_the_boot()
    {
        lab.Create("boots", "127.83.250.9", "en-US");
        using Runspace session = lab.Open("boots");
        string id = session.InstanceId.ToString();
        LabFixture.Run(session, "Restart-Computer -Force");
        JsonObject closed = lab.Engine.WaitFor(e => e["event"]!.GetValue<string>() == "session.closed" && e["session"]!.GetValue<string>() == id);
        Assert.Equal("the machine went down", closed["reason"]!.GetValue<string>());
        lab.Engine.WaitFor(e => e["event"]!.GetValue<string>() == "host.down" && e["host"]!.GetValue<string>() == "boots");
        lab.Engine.Ask("front.closed", new JsonObject { ["host"] = "boots" });
        lab.Engine.Ask("clock.advance", new JsonObject { ["seconds"] = 5 });
        Assert.True(SpinWait.SpinUntil(() => lab.Engine.Events.Count(e => e["event"]!.GetValue<string>() == "host.up" && e["host"]!.GetValue<string>() == "boots") == 2, TimeSpan.FromSeconds(30)));
        using Runspace again = lab.Open("boots");
        Assert.Equal(["BOOTS"], LabFixture.Text(again, "$env:COMPUTERNAME"));
    }

    [Fact]
    public void Many_sessions_of_one_machine_live_side_by_side()
    {
        Runspace[] sessions = [.. Enumerable.Range(0, 20).AsParallel().Select(_ => lab.Open("ws02"))];
        string[] pids = [.. sessions.AsParallel().Select(s => LabFixture.Text(s, "$PID").Single())];
        Assert.Equal(20, pids.Distinct().Count());
        foreach (Runspace session in sessions)
        {
            session.Close();
        }
    }

    [Fact]
    public void Wrong_requests_are_refused_by_code()
    {
        Assert.Contains("lab.no-host", Refusal("host.status", new JsonObject { ["host"] = "none" }));
        Assert.Contains("lab.unknown-op", Refusal("nonsense", []));
        Assert.Contains("lab.no-session", Refusal("session.close", new JsonObject { ["session"] = Guid.NewGuid().ToString() }));
        Assert.Contains("lab.duplicate-host", Assert.Throws<InvalidOperationException>(() => lab.Create("ws01", "127.83.250.7", "en-US")).Message);
        Assert.Contains("lab.bad-profile", Refusal("host.create", new JsonObject { ["host"] = "x", ["address"] = "127.83.250.8", ["machine"] = new JsonObject() }));
    }

    [Fact]
    public void A_session_that_cannot_open_leaves_nothing_behind()
    {
        string id = Guid.NewGuid().ToString();
        var fields = new JsonObject { ["host"] = "ws01", ["session"] = id, ["user"] = "Nobody", ["configuration"] = "Microsoft.PowerShell", ["clientAddress"] = "127.0.0.1", ["data"] = "" };
        Assert.Contains("lab.no-account", Refusal("session.open", fields));
        Assert.Contains("lab.no-session", Refusal("session.close", new JsonObject { ["session"] = id }));
    }

    private string Refusal(string op, JsonObject fields) => Assert.Throws<InvalidOperationException>(() => lab.Engine.Ask(op, fields)).Message;
}
