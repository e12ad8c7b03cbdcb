namespace Firebreak.Lab.Machines.Tests;

/// <summary>What the Windows Update Agent offers, what it refuses to whom, and what it leaves behind; net accounts.</summary>
public sealed class UpdateAgentTests
{
    private const int Disabled = unchecked((int)0x80070422);

    private static UpdateAgent Agent(TestMachine test, ProgramContext? context = null) => new(test.Machine, context ?? ProgramContext.System);

    private static string[] Names(IEnumerable<PackageProfile> packages) => [.. packages.Select(p => p.Package)];

    [Fact]
    public async Task It_offers_what_fits_and_lists_an_update_as_installed_only_after_the_restart()
    {
        using TestMachine test = new();
        Assert.Equal(["kb4551762", "second"], Names(Agent(test).Search(installed: false)));
        Assert.Empty(Agent(test).Search(installed: true));
        PackageProfile update = Agent(test).Search(installed: false)[0];
        Task<int> installing = Task.Run(() => Agent(test).Install(update));
        test.Until(() => installing.IsCompleted);
        Assert.Equal(0, await installing);
        Assert.True(Agent(test).IsPending(update));
        Assert.True(Agent(test).NeedsRestart);
        Assert.Contains("kb4551762", Names(Agent(test).Search(installed: false)));
        test.Reboot();
        Assert.Equal(["kb4551762"], Names(Agent(test).Search(installed: true)));
        Assert.Equal(720, test.Machine.Os.Ubr);
    }

    [Fact]
    public void A_session_from_the_network_may_search_and_nothing_else()
    {
        using TestMachine test = new();
        Assert.NotEmpty(Agent(test, test.Remote).Search(installed: false));
        Assert.Equal(unchecked((int)0x80070005), Assert.Throws<LabWin32Exception>(() => Agent(test, test.Remote).CheckCaller()).Code);
        Agent(test).CheckCaller();
    }

    [Fact]
    public void A_disabled_service_does_nothing_and_an_update_that_does_not_fit_is_refused()
    {
        using TestMachine test = new();
        PackageProfile other = test.Machine.Packages.Known.Single(p => p.Package == "other-build");
        Assert.Equal(unchecked((int)0x80240017), Agent(test).Install(other));
        test.Machine.Services.SetStart("wuauserv", ServiceStart.Disabled);
        Assert.Equal(Disabled, Assert.Throws<LabWin32Exception>(() => Agent(test).Search(installed: false)).Code);
        Assert.Equal(Disabled, Assert.Throws<LabWin32Exception>(() => Agent(test).CheckCaller()).Code);
    }

    [Fact]
    public void Net_accounts_shows_the_policy_line_by_line()
    {
        using TestMachine test = new();
        string[] lines = test.Run("net", "accounts").Output.Split("\r\n");
        Assert.Equal("0", lines[3].Split(':')[^1].Trim());
        Assert.Equal("3", lines[5].Split(':')[^1].Trim());
    }
}
