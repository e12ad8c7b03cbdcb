using System.Management.Automation.Runspaces;
using System.Text.Json.Nodes;
using Xunit;

namespace Firebreak.Lab.Engine.Tests;

/// <summary>From a session on a management host to a machine without PowerShell: registry, files, WMI; the second hop.</summary>
public sealed class RelayTests : IDisposable
{
    private const string Credential = "$c = [PSCredential]::new('Administrator', (ConvertTo-SecureString 'pw' -AsPlainText -Force)); ";
    private const string Connect = Credential + @"$null = New-PSDrive -Name Z -PSProvider FileSystem -Root \\W2K\ADMIN$ -Credential $c; ";
    private readonly EngineProcess _engine = new();
    private readonly Runspace _session;

    public RelayTests()
    {
        _engine.Ask("hello");
        Create("relay", "127.83.251.1", """
            { "name": "RELAY",
              "os": { "product": "Windows Server 2019 Standard", "caption": "Microsoft Windows Server 2019 Standard", "version": "10.0.17763", "ubr": 1098, "edition": "ServerStandard", "productType": 3 },
              "powershell": { "version": "5.1.17763.1", "edition": "Desktop" },
              "accounts": { "Administrator": { "password": "pw", "admin": true } },
              "services": { "LanmanServer": {}, "mrxsmb10": {} },
              "programs": ["reg", "cmd", "sc", "net"] }
            """);
        Create("w2k", "127.83.251.2", """
            { "name": "W2K",
              "os": { "product": "Microsoft Windows 2000", "caption": "Microsoft Windows 2000 Server", "version": "5.0.2195", "edition": "Server", "productType": 3, "systemRoot": "C:\\WINNT", "servicePack": 4, "arch": "x86", "utcOffsetMinutes": 540, "language": "JPN", "culture": "ja-JP" },
              "powershell": null,
              "accounts": { "Administrator": { "password": "pw", "admin": true } },
              "services": { "RpcSs": {}, "LanmanServer": {}, "RemoteRegistry": {}, "winmgmt": {}, "PolicyAgent": {}, "Schedule": {}, "Messenger": { "state": "stopped", "start": "manual" } },
              "listens": { "tcp": { "135": "RpcSs", "139": "LanmanServer", "445": "LanmanServer" } },
              "registry": { "HKLM\\SOFTWARE\\X": { "Text": "there", "Number": 5, "Path": { "type": "REG_EXPAND_SZ", "value": "%SystemRoot%\\x" } } },
              "files": { "%SystemRoot%\\system32\\ole32.dll": { "version": "5.0.2195.6810", "size": 900 } },
              "hotfixes": [{ "id": "File 1", "servicePackInEffect": "KB824146", "installedOn": "2003-10-01" }],
              "boot": { "uptimeHours": 24, "shutdownSeconds": 0.1, "durationSeconds": 0.3 },
              "programs": ["reg", "cmd", "ipsecpol", "net"] }
            """);
        _session = Open("ntlm");
    }

    public void Dispose()
    {
        _session.Dispose();
        _engine.Dispose();
    }

    private void Create(string host, string address, string machine) =>
        _engine.Ask("host.create", new JsonObject { ["host"] = host, ["address"] = address, ["machine"] = JsonNode.Parse(machine) });

    private Runspace Open(string auth)
    {
        Runspace runspace = RunspaceFactory.CreateRunspace(new WireConnectionInfo(_engine, "relay", auth));
        runspace.Open();
        return runspace;
    }

    private string[] Text(string script) => LabFixture.Text(_session, script);

    private string Fails(string script) => Assert.Single(LabFixture.Run(_session, script).Errors).ToString();

    [Fact]
    public void Without_a_credential_the_second_hop_is_refused()
    {
        Assert.Contains("unauthorized", Fails("[Microsoft.Win32.RegistryKey]::OpenRemoteBaseKey('LocalMachine', 'W2K')"), StringComparison.Ordinal);
        Assert.Contains("Access is denied", Fails("Get-WmiObject Win32_OperatingSystem -ComputerName W2K"), StringComparison.Ordinal);
        Assert.Contains("denied", Fails(@"[IO.File]::ReadAllText('\\W2K\ADMIN$\x')"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_connection_of_a_drive_carries_the_remote_registry()
    {
        Assert.Equal(
            ["there", "DWord", @"%SystemRoot%\x", "new", "MultiString", "True", "False"],
            Text(Connect + """
                $k = [Microsoft.Win32.RegistryKey]::OpenRemoteBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, 'W2K')
                $x = $k.OpenSubKey('SOFTWARE\X', $true)
                $x.GetValue('Text'); $x.GetValueKind('Number'); $x.GetValue('Path', $null, 'DoNotExpandEnvironmentNames')
                $n = $x.CreateSubKey('New'); $n.SetValue('v', 'new'); $n.GetValue('v')
                $n.SetValue('m', [string[]]('a', 'b'), 'MultiString'); $n.GetValueKind('m')
                $null -ne $k.OpenSubKey('SOFTWARE\X\New'); $x.DeleteSubKeyTree('New'); $null -ne $k.OpenSubKey('SOFTWARE\X\New')
                """));
        Assert.Contains("path was not found", Fails(Credential + "$null = Invoke-WmiMethod -Class StdRegProv -Name GetStringValue -ArgumentList 2147483650, 'SOFTWARE', 'x' -ComputerName W2K -Credential $c; (Get-WmiObject Win32_Service -Filter \"Name='RemoteRegistry'\" -ComputerName W2K -Credential $c).StopService() | Out-Null; [Microsoft.Win32.RegistryKey]::OpenRemoteBaseKey('LocalMachine', 'W2K')"), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_claimed_and_written_over_the_share() => Assert.Equal(
        ["True", "True", "5.0.2195.6810"],
        Text(Connect + """
            $s = [IO.File]::Open('\\W2K\ADMIN$\claim', 'CreateNew', 'Write', 'None'); $s.Close()
            Test-Path 'Z:\claim'
            $again = try { [IO.File]::Open('\\W2K\C$\WINNT\claim', 'CreateNew', 'Write', 'None'); $false } catch { $true }
            $again
            [Diagnostics.FileVersionInfo]::GetVersionInfo('\\W2K\ADMIN$\system32\ole32.dll').FileVersion
            """));

    [Fact]
    public void Wmi_classes_of_an_old_system()
    {
        Assert.Equal(
            ["5.0.2195", @"C:\WINNT", "True", "KB824146", "5.0.2195.6810", "3", "+540"],
            Text(Credential + """
                $o = Get-WmiObject Win32_OperatingSystem -ComputerName W2K -Credential $c
                $o.Version; $o.WindowsDirectory; $null -eq $o.OSArchitecture
                (Get-WmiObject Win32_QuickFixEngineering -ComputerName W2K -Credential $c | Where-Object { $_.HotFixID -eq 'File 1' }).ServicePackInEffect
                (Get-WmiObject CIM_DataFile -Filter "Name='C:\\WINNT\\system32\\ole32.dll'" -ComputerName W2K -Credential $c).Version
                @(Get-WmiObject Win32_Share -ComputerName W2K -Credential $c).Count
                $o.LastBootUpTime.Substring(21)
                """));
    }

    [Fact]
    public void A_process_of_the_target_writes_its_code_and_has_no_way_further()
    {
        Assert.Equal(
            ["0", "7"],
            Text(Connect + """
                $p = Invoke-WmiMethod -Class Win32_Process -Name Create -ArgumentList 'cmd /c exit 7' -ComputerName W2K -Credential $c
                $p.ReturnValue
                [IO.File]::WriteAllText('\\W2K\ADMIN$\j.cmd', "cmd /c exit 7`r`necho %errorlevel%> C:\WINNT\code.tmp`r`nmove C:\WINNT\code.tmp C:\WINNT\code.txt > nul`r`n")
                $null = Invoke-WmiMethod -Path 'Win32_Process' -Name Create -ArgumentList 'cmd /c C:\WINNT\j.cmd' -ComputerName W2K -Credential $c
                $i = 0; while (-not [IO.File]::Exists('\\W2K\ADMIN$\code.txt') -and $i++ -lt 300) { Start-Sleep -Milliseconds 50 }
                [IO.File]::ReadAllText('\\W2K\ADMIN$\code.txt').Trim()
                """));
    }

    [Fact]
    public void Methods_of_a_remote_object_work_there() => Assert.Equal(
        ["Stopped", "0", "Running", "0", "Disabled"],
        Text(Credential + """
            $s = Get-WmiObject Win32_Service -Filter "Name='Messenger'" -ComputerName W2K -Credential $c
            $s.State; $s.StartService().ReturnValue
            (Get-WmiObject Win32_Service -Filter "Name='Messenger'" -ComputerName W2K -Credential $c).State
            $s.ChangeStartMode('Disabled').ReturnValue
            (Get-WmiObject Win32_Service -Filter "Name='Messenger'" -ComputerName W2K -Credential $c).StartMode
            """));

    [Fact]
    public void Jobs_are_made_in_the_time_of_the_target_and_deleted() => Assert.Equal(
        ["0", "1", "cmd /c echo x", "********033000.000000+540", "21", "0", "0"],
        Text(Credential + """
            $r = Invoke-WmiMethod -Class Win32_ScheduledJob -Name Create -ArgumentList 'cmd /c echo x', $null, $null, $false, $false, '********183000.000000+000' -ComputerName W2K -Credential $c
            $r.ReturnValue; $r.JobId
            $j = Get-WmiObject Win32_ScheduledJob -ComputerName W2K -Credential $c
            $j.Command; $j.StartTime
            (Invoke-WmiMethod -Class Win32_ScheduledJob -Name Create -ArgumentList 'cmd', $null, $null, $false, $false, '18:30' -ComputerName W2K -Credential $c).ReturnValue
            $j.Delete().ReturnValue
            @(Get-WmiObject Win32_ScheduledJob -ComputerName W2K -Credential $c).Count
            """));

    [Fact]
    public void A_restart_over_wmi_wants_privileges()
    {
        Assert.Contains("Privilege not held", Fails(Credential + "$null = Invoke-WmiMethod -Class Win32_OperatingSystem -Name Win32Shutdown -ArgumentList 6, 0 -ComputerName W2K -Credential $c"), StringComparison.Ordinal);
        Assert.Equal(
            ["0", "True"],
            Text(Credential + """
                $o = Get-WmiObject Win32_OperatingSystem -ComputerName W2K -Credential $c -EnableAllPrivileges
                $before = $o.LastBootUpTime
                $o.Win32Shutdown(6).ReturnValue
                $i = 0; $now = $null
                while ((-not $now -or $now.LastBootUpTime -eq $before) -and $i++ -lt 300) { Start-Sleep -Milliseconds 50; $now = try { Get-WmiObject Win32_OperatingSystem -ComputerName W2K -Credential $c -ErrorAction Stop } catch { $null } }
                $now.LastBootUpTime -gt $before
                """));
    }

    [Fact]
    public void Registry_through_wmi_with_all_its_types()
    {
        Assert.Equal(
            ["there", "5", "0", "a,b", "1,2,255", "v1", "0", "2", "0"],
            Text(Credential + """
                $at = @{ Class = 'StdRegProv'; Namespace = 'root\default'; ComputerName = 'W2K'; Credential = $c }
                $lm = [uint32] 2147483650; $key = 'SOFTWARE\X'
                (Invoke-WmiMethod @at -Name GetStringValue -ArgumentList $lm, $key, 'Text').sValue
                (Invoke-WmiMethod @at -Name GetDWORDValue -ArgumentList $lm, $key, 'Number').uValue
                (Invoke-WmiMethod @at -Name CreateKey -ArgumentList $lm, 'SOFTWARE\Y').ReturnValue
                $null = Invoke-WmiMethod @at -Name SetMultiStringValue -ArgumentList $lm, 'SOFTWARE\Y', ([string[]] ('a', 'b')), 'm'
                (Invoke-WmiMethod @at -Name GetMultiStringValue -ArgumentList $lm, 'SOFTWARE\Y', 'm').sValue -join ','
                $null = Invoke-WmiMethod @at -Name SetBinaryValue -ArgumentList $lm, 'SOFTWARE\Y', 'b', ([byte[]] (1, 2, 255))
                (Invoke-WmiMethod @at -Name GetBinaryValue -ArgumentList $lm, 'SOFTWARE\Y', 'b').uValue -join ','
                $null = Invoke-WmiMethod @at -Name SetStringValue -ArgumentList $lm, 'SOFTWARE\Y', 'v1', 's'
                (Invoke-WmiMethod @at -Name GetStringValue -ArgumentList $lm, 'SOFTWARE\Y', 's').sValue
                (Invoke-WmiMethod @at -Name DeleteValue -ArgumentList $lm, 'SOFTWARE\Y', 's').ReturnValue
                (Invoke-WmiMethod @at -Name DeleteValue -ArgumentList $lm, 'SOFTWARE\Y', 's').ReturnValue
                (Invoke-WmiMethod @at -Name DeleteKey -ArgumentList $lm, 'SOFTWARE\Y').ReturnValue
                """));
    }

    [Fact]
    public void A_machine_without_powershell_opens_no_session()
    {
        using Runspace runspace = RunspaceFactory.CreateRunspace(new WireConnectionInfo(_engine, "w2k"));
        Assert.ThrowsAny<Exception>(runspace.Open);
    }

    [Fact]
    public void A_shield_cuts_wmi_off()
    {
        Text(Credential + "$null = Invoke-WmiMethod -Class Win32_Process -Name Create -ArgumentList 'ipsecpol -w REG -p P -r R -f *=0:135:TCP -n BLOCK -x' -ComputerName W2K -Credential $c");
        Assert.True(SpinWait.SpinUntil(
            () => LabFixture.Run(_session, Credential + "Get-WmiObject Win32_OperatingSystem -ComputerName W2K -Credential $c").Errors is [var error] && error.ToString().Contains("RPC server is unavailable", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30)));
        Assert.Equal(["True"], Text(Connect + @"Test-Path \\W2K\ADMIN$\system32"));
    }
}
