using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>Packages of the component store and of the Windows Installer, put in and taken out again; who signed them.</summary>
public sealed class RemovalOfPackagesTests : IDisposable
{
    private const string Srv2 = @"C:\Windows\System32\drivers\srv2.sys";
    private const string CurrentVersion = @"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
    private const string Store = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages\Package_for_RollupFix~31bf3856ad364e35~amd64~~18362.720.1.3";
    private const string Product = "{01234567-89AB-CDEF-0123-456789ABCDEF}";
    private const string Patch = "{11111111-2222-3333-4444-555555555555}";
    private const string Listed = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\" + Product;
    private const string Agent = @"C:\Program Files\Agent\agent.exe";
    private readonly TestMachine _test = new(AddProducts);

    private Machine Machine => _test.Machine;

    private static void AddProducts(JsonObject profile)
    {
        profile["programs"]!.AsArray().Add("msiexec");
        JsonArray accepts = profile["accepts"]!.AsArray();
        accepts.Add(Package("agent", "msi", 0, "1.0.0.0"));
        JsonObject patch = Package("agent-patch", "msp", 3010, "1.0.1.0");
        patch["patch"] = Patch;
        patch["signer"] = "";
        accepts.Add(patch);
        JsonObject foreign = Package("foreign", "msi", 0, "1.0.0.0");
        foreign["requires"] = new JsonObject { ["arch"] = new JsonArray("ia64") };
        foreign["signer"] = "CN=Contoso, O=Contoso, C=US";
        accepts.Add(foreign);
    }

    private static JsonObject Package(string name, string engine, int exitCode, string version) => new()
    {
        ["package"] = name,
        ["file"] = $"{name}.{engine}",
        ["kb"] = "KB0",
        ["engine"] = engine,
        ["product"] = Product,
        ["sha256"] = Convert.ToHexString(SHA256.HashData(Content(name))),
        ["exitCode"] = exitCode,
        ["effectsAtBoot"] = new JsonObject { ["files"] = new JsonObject { [Agent] = new JsonObject { ["version"] = version, ["size"] = 100 } } },
    };

    private static byte[] Content(string name) => Encoding.UTF8.GetBytes($"Firebreak lab package {name}\r\nbytes");

    private int Run(string program, params string[] arguments)
    {
        RunningProgram running = Machine.Programs.Start(program, arguments, ProgramContext.System);
        _test.Until(() => running.Completion.IsCompleted);
        return _test.ExitOf(running);
    }

    private string Put(string name, string extension)
    {
        string path = $@"C:\Windows\TEMP\{name}.{extension}";
        Machine.Files.WriteBytes(path, Content(name));
        return path;
    }

    private void InstallUpdate()
    {
        Assert.Equal(3010, _test.ExitOf(_test.StartInstall()));
        _test.Reboot();
        Assert.Equal(720, Machine.Os.Ubr);
    }

    [Theory]
    [InlineData("wusa", "/uninstall", "/kb:4551762", "/quiet", "/norestart")]
    [InlineData("dism", "/online", "/remove-package", "/packagename:Package_for_RollupFix~31bf3856ad364e35~amd64~~18362.720.1.3", "/quiet", "/norestart", @"/logpath:C:\Windows\TEMP\dism.log")]
    public void An_update_is_on_its_way_out_until_the_boot_brings_back_what_was_there(string program, params string[] arguments)
    {
        InstallUpdate();
        Assert.Contains("identifier=\"KB4551762\"", Machine.Files.ReadText(@"C:\Windows\servicing\Packages\Package_for_RollupFix~31bf3856ad364e35~amd64~~18362.720.1.3.mum"), StringComparison.Ordinal);

        Assert.Equal(3010, Run(program, arguments));

        Assert.Equal(5, _test.Registry(Store, "CurrentState"));
        Assert.Equal(["CBS"], Machine.Power.PendingReasons);
        Assert.Empty(Machine.Packages.Hotfixes);
        Assert.Equal("10.0.18362.720", Machine.Files.Get(Srv2)!.Version);

        _test.Reboot();

        Assert.Equal(719, _test.Registry(CurrentVersion, "UBR"));
        Assert.Equal("10.0.18362.693", Machine.Files.Get(Srv2)!.Version);
        Assert.False(Machine.Registry.KeyExists(Store));
        Assert.Null(_test.Registry(@"HKLM\SOFTWARE\Lab", "Staged"));
        Assert.Equal("hello", _test.Registry(@"HKLM\SOFTWARE\Lab", "Text"));
        Assert.Empty(Machine.Power.PendingReasons);
        InstallUpdate();
    }

    [Fact]
    public void A_package_of_the_profile_can_be_removed_too()
    {
        using TestMachine patched = new(p => p["installed"] = new JsonArray("kb4551762"));
        RunningProgram running = patched.Machine.Programs.Start("wusa", ["/uninstall", "/kb:4551762", "/quiet", "/norestart"], ProgramContext.System);
        Assert.Equal(3010, patched.ExitOf(running));
        patched.Reboot();
        Assert.Equal(719, patched.Machine.Os.Ubr);
    }

    [Fact]
    public void What_is_not_there_is_not_removed()
    {
        Assert.Equal(0x00240007, Run("wusa", "/uninstall", "/kb:4551762", "/quiet", "/norestart"));
        Assert.Equal(0x00240007, Run("wusa", "/uninstall", "/kb:999999", "/quiet", "/norestart"));
        Assert.Equal(87, Run("wusa", "/kb:4551762", "/quiet"));
        Assert.Equal(unchecked((int)0x800F0805), Run("dism", "/online", "/remove-package", "/packagename:Package_for_KB1~x", "/norestart"));
        Assert.Equal(87, Run("dism", "/online", "/remove-package", "/norestart"));
        Assert.Equal(5, Machine.Programs.Run("wusa", ["/uninstall", "/kb:4551762", "/quiet", "/norestart"], _test.Remote).ExitCode);
        Assert.Equal(0, _test.Count("package"));
    }

    [Fact]
    public void A_removal_may_fail_like_an_installation()
    {
        InstallUpdate();
        Machine.Trouble.Add(new TroubleProfile { Kind = "installer-fails", ExitCode = unchecked((int)0x800F0825) });
        Assert.Equal(unchecked((int)0x800F0825), Run("wusa", "/uninstall", "/kb:4551762", "/quiet", "/norestart"));
        Assert.Equal(["kb4551762"], Machine.Packages.Installed);
    }

    [Fact]
    public void Msiexec_installs_patches_and_removes_a_product()
    {
        string[] quiet = ["/qn", "/norestart", "REBOOT=ReallySuppress"];
        string patch = Put("agent-patch", "msp");
        Assert.Equal(1642, Run("msiexec", ["/update", patch, .. quiet]));

        Assert.Equal(0, Run("msiexec", ["/i", Put("agent", "msi"), "/L*v", @"C:\Windows\TEMP\a.log", .. quiet]));
        Assert.Equal(1, _test.Registry(Listed, "WindowsInstaller"));
        Assert.Equal("1.0.0.0", Machine.Files.Get(Agent)!.Version);
        Assert.Equal([0xFF, 0xFE], Machine.Files.ReadBytes(@"C:\Windows\TEMP\a.log")[..2]);

        Assert.Equal(1647, Run("msiexec", ["/package", Product, "/uninstall", Patch, .. quiet]));
        Assert.Equal(3010, Run("msiexec", ["/update", patch, .. quiet]));
        _test.Reboot();
        Assert.Equal("1.0.1.0", Machine.Files.Get(Agent)!.Version);
        string applied = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UserData\S-1-5-18\Products\76543210BA98FEDC1032547698BADCFE\Patches\11111111222233334444555555555555";
        Assert.Equal(1, _test.Registry(applied, "State"));

        Assert.Equal(3010, Run("msiexec", ["/package", Product, "/uninstall", Patch, .. quiet]));
        _test.Reboot();
        Assert.Equal("1.0.0.0", Machine.Files.Get(Agent)!.Version);

        Assert.Equal(0, Run("msiexec", ["/x", Product, .. quiet]));
        Assert.False(Machine.Registry.KeyExists(Listed));
        Assert.False(Machine.Files.FileExists(Agent));
        Assert.Equal(1605, Run("msiexec", ["/x", Product, .. quiet]));
    }

    [Fact]
    public void Msiexec_tells_the_real_reasons()
    {
        string[] quiet = ["/qn", "/norestart"];
        Assert.Equal(1619, Run("msiexec", ["/i", @"C:\none.msi", .. quiet]));
        Assert.Equal(1635, Run("msiexec", ["/update", @"C:\none.msp", .. quiet]));
        Assert.Equal(1620, Run("msiexec", ["/i", Put("agent-patch", "msp"), .. quiet]));
        Assert.Equal(1633, Run("msiexec", ["/i", Put("foreign", "msi"), .. quiet]));
        Assert.Equal(1639, Run("msiexec", ["/i", .. quiet]));
        Assert.Equal(1639, Run("msiexec", ["/wrong", .. quiet]));
        Assert.Equal(LabRefusalException.ExitCode, Run("msiexec", "/i", Put("agent", "msi")));
        Assert.Equal(1603, Machine.Programs.Run("msiexec", ["/i", Put("agent", "msi"), .. quiet], _test.Remote with { IsAdmin = false }).ExitCode);
        RunningProgram first = _test.StartInstall();
        Assert.Equal(1618, Machine.Programs.Run("msiexec", ["/i", Put("agent", "msi"), .. quiet], ProgramContext.System).ExitCode);
        Assert.Equal(3010, _test.ExitOf(first));
    }

    [Fact]
    public void A_package_is_signed_as_its_data_says()
    {
        FileView files = new(Machine, ProgramContext.System);
        Machine.Files.WriteBytes(TestMachine.Msu, TestMachine.PackageContent);
        Assert.Equal(new PackageSignature("Valid", PackageSignature.Microsoft), files.SignatureOf(TestMachine.Msu));
        Assert.Equal(new PackageSignature("Valid", "CN=Contoso, O=Contoso, C=US"), files.SignatureOf(Put("foreign", "msi")));
        Assert.Equal(new PackageSignature("NotSigned", null), files.SignatureOf(Put("agent-patch", "msp")));

        string tampered = Put("agent", "msi");
        Machine.Files.WriteBytes(tampered, [.. Content("agent"), 1]);
        Assert.Equal(new PackageSignature("HashMismatch", PackageSignature.Microsoft), files.SignatureOf(tampered));
        Machine.Files.WriteText(tampered, "x");
        Assert.Equal(new PackageSignature("NotSigned", null), files.SignatureOf(tampered));
        Assert.Throws<LabRefusalException>(() => files.SignatureOf(Srv2));
    }

    public void Dispose() => _test.Dispose();
}
