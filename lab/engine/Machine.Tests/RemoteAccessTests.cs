using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>From machine to machine: who gets in, as whom, and what is said to the others.</summary>
public sealed class RemoteAccessTests : IDisposable
{
    private readonly TestMachine _source = new(p => p["name"] = "SRC01");
    private readonly TestMachine _target = new(p =>
    {
        p["name"] = "DST01";
        p["accounts"]!.AsObject()["plain"] = new JsonObject { ["password"] = "p" };
        p["accounts"]!.AsObject()["Other"] = new JsonObject { ["password"] = "o", ["admin"] = true };
    });

    public RemoteAccessTests()
    {
        LabNetwork network = new();
        network.Join(_source.Machine);
        network.Join(_target.Machine);
    }

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
    }

    [Theory]
    [InlineData("DST01")]
    [InlineData("dst01")]
    public void A_logon_that_left_its_password_passes_through(string name)
    {
        RemoteGrant grant = Reach(Caller(LogonKind.NetworkCleartext), name);
        Assert.Same(_target.Machine, grant.Target);
        Assert.Equal(@"DST01\Administrator", grant.Context.Account);
        Assert.Equal(LogonKind.Network, grant.Context.Logon);
        HistoryEntry logon = _target.Machine.History.Entries.Last(e => e.Kind == "logon");
        Assert.Equal(("Administrator", "true", "Network", _source.Machine.Host), (logon["user"], logon["granted"], logon["logon"], logon["from"]));
    }

    [Fact]
    public void The_address_is_a_name_too() =>
        Assert.Same(_target.Machine, Reach(Caller(LogonKind.NetworkCleartext), _target.Address.ToString()).Target);

    [Theory]
    [InlineData(LogonKind.Network)]
    [InlineData(LogonKind.System)]
    public void A_logon_without_a_password_is_nobody_there(LogonKind kind)
    {
        Assert.Equal(RemoteAccess.AccessDenied, Refusal(Caller(kind)));
        Assert.Equal("ANONYMOUS LOGON", _target.Machine.History.Entries.Last(e => e.Kind == "logon")["user"]);
    }

    [Fact]
    public void A_credential_gets_through_and_no_further()
    {
        RemoteGrant grant = Reach(Caller(LogonKind.Network), "DST01", new("SRC01\\Administrator", "Secret-1"));
        LabWin32Exception back = Assert.Throws<LabWin32Exception>(() => grant.Context.Remote.Reach(grant.Target, grant.Context, "SRC01", RemoteService.Smb));
        Assert.Equal(RemoteAccess.AccessDenied, back.Code);
    }

    [Theory]
    [InlineData("Administrator", "wrong", RemoteAccess.LogonFailure)]
    [InlineData("nobody", "Secret-1", RemoteAccess.LogonFailure)]
    [InlineData("guest", "g", 1331)]
    [InlineData("plain", "p", RemoteAccess.AccessDenied)]
    public void A_credential_is_refused_for_its_reason(string user, string password, int code) =>
        Assert.Equal(code, Refusal(Caller(LogonKind.Network), credential: new(user, password)));

    [Fact]
    public void Wrong_passwords_lock_the_account_of_the_target_only()
    {
        ProgramContext caller = Caller(LogonKind.Network);
        for (int i = 0; i < 3; i++)
        {
            Refusal(caller, credential: new("Administrator", "wrong"));
        }

        Assert.Equal(1909, Refusal(caller, credential: new("Administrator", "Secret-1")));
        Assert.False(_source.Machine.Accounts.Find("Administrator")!.LockedOut);
    }

    [Fact]
    public void A_connection_belongs_to_the_logon_session_and_to_one_name()
    {
        ProgramContext caller = Caller(LogonKind.Network);
        Reach(caller, "DST01", new("Administrator", "Secret-1"));
        Assert.Equal(@"DST01\Administrator", Reach(caller with { ProcessId = 5 }, "DST01").Context.Account);
        Assert.Equal(1219, Refusal(caller, credential: new("Other", "o")));
        Assert.Equal(RemoteAccess.AccessDenied, Refusal(Caller(LogonKind.Network)));
        Assert.True(caller.Remote.Disconnect(_source.Machine, "DST01"));
        Assert.Equal(RemoteAccess.AccessDenied, Refusal(caller));
        Assert.Equal(@"DST01\Other", Reach(caller, "DST01", new("Other", "o")).Context.Account);
    }

    [Fact]
    public void Wmi_logs_on_for_itself()
    {
        ProgramContext caller = Caller(LogonKind.Network);
        Reach(caller, "DST01", new("Administrator", "Secret-1"));
        LabWin32Exception refused = Assert.Throws<LabWin32Exception>(() => caller.Remote.Reach(_source.Machine, caller, "DST01", RemoteService.Wmi));
        Assert.Equal(RemoteAccess.AccessDenied, refused.Code);
    }

    [Fact]
    public void What_is_not_there_or_does_not_listen_cannot_be_reached()
    {
        ProgramContext caller = Caller(LogonKind.NetworkCleartext);
        Assert.Equal(RemoteAccess.BadNetPath, Refusal(caller, "NOWHERE"));
        Assert.Equal(RemoteAccess.RpcUnavailable, Refusal(caller, "NOWHERE", RemoteService.Wmi));
        Assert.Equal(RemoteAccess.BadNetPath, Refusal(caller, service: RemoteService.Registry));
        _target.Machine.Services.Stop("LanmanServer", true);
        Assert.Equal(RemoteAccess.BadNetPath, Refusal(caller));
        Assert.Equal("DST01", Reach(caller, "DST01", service: RemoteService.Wmi).Target.Name);
        _target.Machine.Network.Lose(null);
        Assert.Equal(RemoteAccess.RpcUnavailable, Refusal(caller, service: RemoteService.Wmi));
    }

    [Fact]
    public void A_connection_does_not_outlive_the_network_or_a_restart()
    {
        ProgramContext caller = Caller(LogonKind.Network);
        Reach(caller, "DST01", new("Administrator", "Secret-1"));
        _source.Machine.Network.Lose(null);
        Assert.Equal(RemoteAccess.BadNetPath, Refusal(caller));
        _source.Machine.Network.Restore();
        Reach(caller, "DST01");
        _target.Reboot();
        Assert.Equal(RemoteAccess.AccessDenied, Refusal(caller));
    }

    [Fact]
    public void A_block_rule_for_the_source_makes_its_shares_silent()
    {
        Assert.Equal(0, _target.Netsh("add policy name=P").ExitCode);
        Assert.Equal(0, _target.Netsh("add filterlist name=L").ExitCode);
        Assert.Equal(0, _target.Netsh($"add filter filterlist=L srcaddr={_source.Address} dstaddr=me protocol=TCP srcport=0 dstport=445").ExitCode);
        Assert.Equal(0, _target.Netsh("add filteraction name=A action=block").ExitCode);
        Assert.Equal(0, _target.Netsh("add rule name=R policy=P filterlist=L filteraction=A").ExitCode);
        Assert.Equal(0, _target.Netsh("set policy name=P assign=y").ExitCode);
        ProgramContext caller = Caller(LogonKind.NetworkCleartext);
        Assert.Equal(RemoteAccess.BadNetPath, Refusal(caller));
        Assert.Equal("DST01", Reach(caller, "DST01", service: RemoteService.Wmi).Target.Name);
    }

    [Fact]
    public void Files_of_a_share_are_read_written_copied_and_named_by_their_unc_path()
    {
        FileView files = new(_source.Machine, Caller(LogonKind.NetworkCleartext));
        files.WriteText(@"\\DST01\C$\Windows\a.txt", "one");
        Assert.Equal("one", _target.Machine.Files.ReadText(@"C:\Windows\a.txt"));
        files.Copy(@"\\dst01\admin$\a.txt", @"C:\b.txt");
        Assert.Equal("one", _source.Machine.Files.ReadText(@"C:\b.txt"));
        files.Move(@"C:\b.txt", @"\\DST01\C$\c.txt");
        Assert.False(_source.Machine.Files.FileExists(@"C:\b.txt"));
        Assert.Contains(@"\\DST01\C$\c.txt", files.List(@"\\DST01\C$").Select(e => e.Path));
        Assert.Equal(@"\\DST01\ADMIN$\a.txt", files.Get(@"\\DST01\ADMIN$\x\..\A.TXT")!.Path);
        files.Copy(@"\\DST01\C$\Windows\System32\drivers\srv2.sys", @"C:\s.sys");
        Assert.Equal("10.0.18362.693", _source.Machine.Files.Get(@"C:\s.sys")!.Version);
    }

    [Fact]
    public void A_share_that_is_not_there_is_empty_and_one_that_is_closed_says_so()
    {
        FileView files = new(_source.Machine, Caller(LogonKind.NetworkCleartext));
        Assert.Null(files.Get(@"\\DST01\D$\x"));
        Assert.Null(files.Get(@"\\NOWHERE\C$"));
        Assert.Throws<IOException>(() => files.ReadBytes(@"\\DST01\data\x"));
        FileView closed = new(_source.Machine, Caller(LogonKind.Network));
        Assert.Equal("Access is denied", Assert.Throws<UnauthorizedAccessException>(() => closed.Get(@"\\DST01\C$")).Message);
    }

    [Fact]
    public void Net_use_connects_reports_and_disconnects()
    {
        ProgramContext caller = Caller(LogonKind.Network);
        Assert.Contains("System error 5", Net(caller, @"\\DST01\IPC$").Error);
        Assert.Contains("System error 1326", Net(caller, @"\\DST01\IPC$", "wrong", "/user:Administrator").Error);
        Assert.Contains("System error 53", Net(caller, @"\\NOWHERE\IPC$").Error);
        Assert.Contains("System error 67", Net(caller, @"\\DST01\data").Error);
        Assert.Equal(0, Net(caller, @"\\DST01\IPC$", "Secret-1", "/user:Administrator").ExitCode);
        Assert.True(new FileView(_source.Machine, caller).FolderExists(@"\\DST01\ADMIN$"));
        Assert.Equal(0, Net(caller, @"\\DST01\IPC$", "/delete").ExitCode);
        Assert.Contains("2250", Net(caller, @"\\DST01\IPC$", "/delete").Error);
    }

    private static ProgramContext Caller(LogonKind kind) => new() { Account = @"SRC01\Administrator", IsAdmin = true, Logon = kind };

    private RemoteGrant Reach(ProgramContext caller, string name, RemoteCredential? credential = null, RemoteService service = RemoteService.Smb) =>
        caller.Remote.Reach(_source.Machine, caller, name, service, credential);

    private int Refusal(ProgramContext caller, string name = "DST01", RemoteService service = RemoteService.Smb, RemoteCredential? credential = null) =>
        Assert.Throws<LabWin32Exception>(() => Reach(caller, name, credential, service)).Code;

    private ProgramResult Net(ProgramContext caller, params string[] arguments) =>
        _source.Machine.Programs.Run("net", ["use", .. arguments], caller);
}
