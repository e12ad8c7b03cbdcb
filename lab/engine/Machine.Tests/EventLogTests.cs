using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>What a machine writes into its log System of starts, shutdowns and services that die.</summary>
public sealed class EventLogTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_machine_that_has_been_up_for_long_shows_its_last_start_and_one_of_long_before()
    {
        using TestMachine test = new(Era.Xp);
        Assert.Equal([6009, 6005, 6006, 6009, 6005], Ids(test));
        Assert.Equal([1, 2, 3, 4, 5], test.Machine.EventLog.Entries.Select(e => e.Record));
        Assert.Equal(test.Machine.Power.BootTime, test.Machine.EventLog.Entries[^1].At);
    }

    [Fact]
    public void A_restart_that_was_asked_for_is_orderly_and_a_power_loss_is_not()
    {
        using TestMachine test = new(Era.Xp);
        test.Reboot();
        Assert.Equal([1074, 6006, 6009, 6005], Ids(test)[5..]);
        test.Machine.Power.Lose();
        test.Until(() => test.Machine.Power.State == PowerState.On);
        Assert.Equal([6009, 6005, 6008], Ids(test)[9..]);
        test.Reboot();
        Assert.DoesNotContain(6008, Ids(test)[12..]);
    }

    [Fact]
    public void Windows_2000_does_not_say_who_asked_for_a_restart()
    {
        using TestMachine test = new(Era.Windows2000);
        test.Reboot();
        Assert.Equal([6006, 6009, 6005], Ids(test)[5..]);
    }

    [Theory]
    [InlineData("reboot/60000", 7031, "RPC,1,60000,2,Reboot the machine")]
    [InlineData("restart/1000", 7031, "RPC,1,1000,1,Restart the service")]
    [InlineData("none", 7034, "RPC,1")]
    public void A_service_that_dies_is_noted_with_what_follows(string failure, int id, string strings)
    {
        using TestMachine test = new(p =>
        {
            Era.Xp(p);
            p["services"]!["RpcSs"] = new JsonObject { ["display"] = "RPC", ["failure"] = new JsonArray(failure) };
        });
        Crash(test);
        EventEntry entry = test.Machine.EventLog.Entries[^1];
        Assert.Equal((id, "Service Control Manager", 0xC0000000 | (uint)id, strings), (entry.Id, entry.Source, entry.InstanceId, string.Join(',', entry.Strings)));
    }

    [Fact]
    public void Windows_2000_has_one_event_for_both_and_nt4_none()
    {
        using TestMachine test = new(p =>
        {
            Era.Windows2000(p);
            p["services"]!["RpcSs"] = new JsonObject { ["display"] = "RPC" };
        });
        Crash(test);
        Assert.Equal("RPC,1,0,0,No action", string.Join(',', test.Machine.EventLog.Entries[^1].Strings));
        using TestMachine nt4 = new(Era.Nt4);
        Crash(nt4);
        Assert.Equal(5, nt4.Machine.EventLog.Entries.Count);
    }

    [Fact]
    public void A_countdown_that_ends_is_an_orderly_restart()
    {
        using TestMachine test = new(Era.Xp);
        Crash(test);
        test.Until(() => test.Machine.EventLog.Entries.Count >= 10);
        Assert.Equal([7031, 1074, 6006, 6009, 6005], Ids(test)[5..]);
    }

    [Fact]
    public void A_profile_says_what_was_before_and_how_far_back_the_log_goes()
    {
        using TestMachine test = new(p =>
        {
            Era.Xp(p);
            p["eventLog"] = new JsonObject
            {
                ["sinceHours"] = 50,
                ["events"] = new JsonArray(new JsonObject { ["hoursAgo"] = 3, ["id"] = 7031, ["source"] = "Service Control Manager", ["strings"] = new JsonArray("RPC") }),
            };
        });
        EventEntry entry = Assert.Single(test.Machine.EventLog.Entries);
        Assert.Equal((1, 7031, TestMachine.Noon - TimeSpan.FromHours(3)), (entry.Record, entry.Id, entry.At));
    }

    [Fact]
    public void Nothing_is_written_while_the_service_does_not_run()
    {
        using TestMachine test = new(p =>
        {
            Era.Xp(p);
            p["services"]!["EventLog"] = new JsonObject { ["state"] = "stopped", ["start"] = "disabled" };
        });
        int before = test.Machine.EventLog.Entries.Count;
        Crash(test);
        Assert.False(test.Machine.EventLog.IsRunning);
        Assert.Equal(before, test.Machine.EventLog.Entries.Count);
    }

    [Fact]
    public void A_worm_makes_the_service_die_again_and_again_until_its_way_is_blocked()
    {
        using TestMachine test = new(p =>
        {
            Era.Xp(p);
            p["services"]!["RpcSs"]!["failure"] = new JsonArray("restart/1000");
        });
        test.Machine.Trouble.Add(new TroubleProfile { Kind = "rpc-attack", After = 5, Every = 30 });
        test.Until(() => test.Count("rpc") >= 2);
        Assert.Equal(0, test.Run("ipseccmd", "-w", "REG", "-p", "P", "-r", "R", "-f", "*=0:135:TCP", "-n", "BLOCK", "-x").ExitCode);
        int attacks = test.Count("rpc");
        test.Clock.AdvanceBy(5 * s_minute);
        Assert.Equal(attacks, test.Count("rpc"));
        Assert.Equal(0, test.Run("ipseccmd", "-w", "REG", "-p", "P", "-y").ExitCode);
        test.Until(() => test.Count("rpc") > attacks);
        test.Machine.Network.Lose(null);
        attacks = test.Count("rpc");
        test.Clock.AdvanceBy(5 * s_minute);
        Assert.Equal(attacks, test.Count("rpc"));
        test.Machine.Trouble.Clear();
        test.Clock.AdvanceBy(5 * s_minute);
        Assert.Equal(attacks, test.Count("rpc"));
    }

    private static void Crash(TestMachine test)
    {
        test.Machine.Trouble.Add(new TroubleProfile { Kind = "rpc-crash" });
        test.Until(() => !test.Machine.Services.IsRunning("RpcSs") || test.Machine.EventLog.Entries.Count > 5);
    }

    private static int[] Ids(TestMachine test) => [.. test.Machine.EventLog.Entries.Select(e => e.Id)];
}
