using System.Text;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>What an assessment looks at: connections with any account, empty passwords, who is logged on, what is audited.</summary>
public sealed class AssessmentTests : IDisposable
{
    private readonly TestMachine _test = new(p =>
    {
        JsonObject accounts = p["accounts"]!.AsObject();
        accounts["plain"] = new JsonObject { ["password"] = "p" };
        accounts["blank"] = new JsonObject { ["password"] = "", ["passwordRequired"] = false, ["passwordExpires"] = false };
        p["programs"]!.AsArray().Add("auditpol");
        p["programs"]!.AsArray().Add("secedit");
        p["programs"]!.AsArray().Add("quser");
        p["auditLogon"] = 2;
        p["loggedOn"] = JsonNode.Parse("""[{ "user": "alice", "for": 60 }, { "user": "bob", "remote": true, "disconnected": true }]""");
    });

    public AssessmentTests() => new LabNetwork().Join(_test.Machine);

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("plain", "p", 0)]
    [InlineData("plain", "wrong", 1326)]
    [InlineData("guest", "g", 1331)]
    [InlineData("blank", "", 1327)]
    [InlineData("blank", "x", 1326)]
    public void Every_account_gets_to_IPC_by_its_password(string user, string password, int code)
    {
        ProgramResult said = Net("use", @"\\WS01\IPC$", password, $@"/user:WS01\{user}");
        Assert.Equal(code == 0 ? 0 : 2, said.ExitCode);
        Assert.Contains(code == 0 ? "successfully" : $"System error {code} ", said.Output + said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_password_opens_where_that_is_allowed()
    {
        _test.Machine.Registry.SetValue(@"HKLM\SYSTEM\CurrentControlSet\Control\Lsa", "LimitBlankPasswordUse", new RegistryValue(Microsoft.Win32.RegistryValueKind.DWord, 0));
        Assert.Equal(0, Net("use", @"\\WS01\IPC$", "", @"/user:WS01\blank").ExitCode);
    }

    [Fact]
    public void A_mere_connection_opens_no_share()
    {
        Assert.Equal(0, Net("use", @"\\WS01\IPC$", "p", @"/user:WS01\plain").ExitCode);
        Assert.Contains("System error 5 ", Net("use", @"\\WS01\C$", "p", @"/user:WS01\plain").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_passwords_are_counted_and_lock_out()
    {
        Assert.Contains("1326", Net("use", @"\\WS01\IPC$", "x", @"/user:WS01\plain").Error, StringComparison.Ordinal);
        Assert.Equal(1, _test.Machine.Accounts.Find("plain")!.BadLogons);
        Net("use", @"\\WS01\IPC$", "x", @"/user:WS01\plain");
        Net("use", @"\\WS01\IPC$", "x", @"/user:WS01\plain");
        Assert.Contains("1909", Net("use", @"\\WS01\IPC$", "p", @"/user:WS01\plain").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Users_log_off_by_themselves_and_with_a_shutdown()
    {
        ProgramResult said = Run("quser");
        Assert.Equal(0, said.ExitCode);
        Assert.Matches(@"(?m)^ alice +console +1  Active ", said.Output);
        Assert.Matches(@"(?m)^ bob +2  Disc ", said.Output);
        _test.Clock.AdvanceBy(TimeSpan.FromSeconds(61));
        Assert.DoesNotContain("alice", Run("quser").Output, StringComparison.Ordinal);
        _test.Machine.Power.Reboot("somebody");
        _test.Clock.AdvanceBy(TimeSpan.FromSeconds(60));
        Assert.Equal((1, 0), (Run("quser").ExitCode, _test.Machine.Sessions.All.Count));
    }

    [Fact]
    public void Programs_save_what_is_audited()
    {
        Assert.Equal(0, Run("auditpol", "/backup", @"/file:C:\a.csv").ExitCode);
        Assert.Contains(",Logon,{0cce9215-69ae-11d9-bed3-505054503030},Failure,,2", Encoding.Latin1.GetString(_test.Machine.Files.ReadBytes(@"C:\a.csv")), StringComparison.Ordinal);
        Assert.Equal(0, Run("secedit", "/export", "/cfg", @"C:\b.inf", "/areas", "SECURITYPOLICY", "/quiet").ExitCode);
        Assert.Contains("AuditLogonEvents = 2", Encoding.Unicode.GetString(_test.Machine.Files.ReadBytes(@"C:\b.inf")), StringComparison.Ordinal);
        Assert.Equal(120, Run("auditpol", "/get").ExitCode);
    }

    private ProgramResult Net(params string[] arguments) => Run("net", arguments);

    private ProgramResult Run(string program, params string[] arguments) => _test.Machine.Programs.Run(program, arguments, _test.Remote);
}
