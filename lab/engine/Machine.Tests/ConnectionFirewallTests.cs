using System.Net;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>The firewall of XP and Server 2003 that a person at the console switches on a connection.</summary>
public sealed class ConnectionFirewallTests
{
    private static readonly IPAddress s_controller = IPAddress.Parse("127.0.0.1");

    [Fact]
    public void It_shuts_everybody_out_until_somebody_unticks_the_box()
    {
        using TestMachine xp = new(With("manual"));
        Tick(xp, "icf-on");
        Assert.True(Probe.IsSilent(xp, 445, s_controller));
        Assert.True(Probe.IsSilent(xp, 135, s_controller));
        Assert.Equal(ServiceStart.Automatic, xp.Machine.Services.Get("SharedAccess")!.Start);
        xp.Machine.Trouble.Add(new TroubleProfile { Kind = "none" });
        Assert.True(Probe.IsSilent(xp, 445, s_controller));
        Tick(xp, "icf-off");
        Assert.True(Probe.Answers(xp, 445, s_controller));
    }

    [Fact]
    public void It_stays_on_over_a_restart()
    {
        using TestMachine xp = new(With("manual"));
        Tick(xp, "icf-on");
        xp.Machine.Trouble.Add(new TroubleProfile { Kind = "power-loss" });
        xp.Clock.AdvanceBy(TimeSpan.FromMinutes(5));
        Assert.True(Probe.IsSilent(xp, 445, s_controller));
    }

    [Fact]
    public void Not_every_machine_lets_somebody_tick_it()
    {
        using TestMachine disabled = new(With("disabled"));
        Assert.Throws<ArgumentException>(() => Tick(disabled, "icf-on"));
        using TestMachine sp2 = new(p =>
        {
            With("manual")(p);
            p["os"]!["servicePack"] = 2;
        });
        Assert.Throws<ArgumentException>(() => Tick(sp2, "icf-on"));
        using TestMachine forbidden = new(With("manual"));
        forbidden.Machine.Registry.SetValue(@"HKLM\SOFTWARE\Policies\Microsoft\Windows\Network Connections", "NC_PersonalFirewallConfig", RegistryValue.Dword(0));
        Assert.Throws<ArgumentException>(() => Tick(forbidden, "icf-on"));
        Assert.True(Probe.Answers(forbidden, 445, s_controller));
    }

    private static Action<JsonObject> With(string start) => p =>
    {
        Era.Xp(p);
        p["services"]!["SharedAccess"] = new JsonObject { ["state"] = "stopped", ["start"] = start };
    };

    private static void Tick(TestMachine test, string kind) => test.Machine.Trouble.Add(new TroubleProfile { Kind = kind });
}
