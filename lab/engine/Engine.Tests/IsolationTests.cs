using System.Management.Automation;
using Xunit;

namespace Firebreak.Lab.Engine.Tests;

/// <summary>What a script must not reach: the developer's disk, programs, network.</summary>
public sealed class IsolationTests(LabFixture lab) : IClassFixture<LabFixture>
{
    [Theory]
    [InlineData("Test-Path /etc/passwd")]
    [InlineData("Test-Path FileSystem::/etc/passwd")]
    [InlineData("[System.IO.File]::Exists('/etc/passwd')")]
    [InlineData("[IO.Directory]::Exists('/etc')")]
    [InlineData("(New-Object System.IO.FileInfo '/etc/passwd').Exists")]
    [InlineData("@(Get-PSDrive | Where-Object { $_.Root -like '*/*' }).Count -gt 0")]
    [InlineData("$env:PATH -like '*/usr*'")]
    [InlineData("@(Get-Module -ListAvailable).Count -gt 0")]
    public void The_developers_disk_is_out_of_sight(string script) => Assert.Equal(["False"], LabFixture.Text(lab.First, script));

    [Theory]
    [InlineData("/bin/ls")]
    [InlineData("& '/bin/true'")]
    [InlineData("uname")]
    [InlineData("sh -c 'exit 0'")]
    [InlineData(@"& 'C:\nope.exe'")]
    [InlineData("./configure")]
    public void Programs_of_this_system_do_not_exist(string script) =>
        Assert.Equal("CommandNotFoundException", LabFixture.ErrorId(lab.First, script));

    [Theory]
    [InlineData("[System.IO.DriveInfo]::GetDrives()")]
    [InlineData("[System.Net.Sockets.TcpClient]::new('127.0.0.1', 80)")]
    [InlineData("New-Object System.Net.Sockets.TcpClient")]
    [InlineData("[Net.Dns]::GetHostAddresses('localhost')")]
    [InlineData("[System.Diagnostics.ProcessStartInfo]::new('x')")]
    [InlineData("New-Object System.Diagnostics.ProcessStartInfo")]
    [InlineData("New-Object System.Net.WebClient")]
    [InlineData("[Reflection.Assembly]::LoadFile('/x')")]
    [InlineData("[Activator]::CreateInstance([string])")]
    [InlineData("[AppDomain]::CurrentDomain")]
    [InlineData("[System.IO.Compression.ZipFile]::OpenRead('/x')")]
    [InlineData("Add-Type 'class X {}'")]
    [InlineData("New-Object -ComObject WScript.Shell")]
    [InlineData("Get-WmiObject Win32_BIOS")]
    [InlineData("Get-Service -ComputerName other")]
    public void What_the_lab_has_not_is_refused_by_name(string script)
    {
        ErrorRecord error = Assert.Single(LabFixture.Run(lab.First, script).Errors);
        Assert.Contains("the lab has no", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Start-Job { 1 }")]
    [InlineData("Switch-Process")]
    [InlineData("Get-Help")]
    [InlineData("New-ModuleManifest C:\\x.psd1")]
    public void Commands_that_lead_out_are_absent(string script) => Assert.Equal("CommandNotFoundException", LabFixture.ErrorId(lab.First, script));

    [Fact]
    public void Types_that_only_compute_are_real() => Assert.Equal(
        ["YQ==", "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=", "1.2.3.4", "3"],
        LabFixture.Text(lab.First,
            """
            [Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes('a'))
            [Convert]::ToBase64String((New-Object System.Security.Cryptography.SHA256Managed).ComputeHash([Text.Encoding]::UTF8.GetBytes('a')))
            [version] '1.2.3.4'
            (New-Object System.IO.MemoryStream (,[byte[]](1, 2, 3))).Length
            """));

    [Fact]
    public void Types_of_the_machine_read_the_machine() => Assert.Equal(
        ["10.0.18362.1", "WS01", "10.0", "text", "790000", @"C:\a\b.txt", "\r\n"],
        LabFixture.Text(lab.First,
            """
            [System.Diagnostics.FileVersionInfo]::GetVersionInfo("$env:SystemRoot\System32\drivers\srv2.sys").FileVersion
            [Environment]::MachineName
            "$([Environment]::OSVersion.Version.Major).$([Environment]::OSVersion.Version.Minor)"
            [Microsoft.Win32.Registry]::GetValue('HKEY_LOCAL_MACHINE\SOFTWARE\X', 'Name', $null)
            ([IO.FileInfo] 'C:\Windows\System32\drivers\srv2.sys').Length
            [System.IO.Path]::Combine('C:\a', 'b.txt')
            [Environment]::NewLine
            """));

    [Fact]
    public void A_file_opened_alone_stays_closed_to_others() => Assert.Equal(
        ["True", "True"],
        LabFixture.Text(lab.First,
            """
            $stream = [System.IO.File]::Open('C:\lock', [System.IO.FileMode]::CreateNew, [System.IO.FileAccess]::Write, [System.IO.FileShare]::None)
            try { $null = [System.IO.File]::Open('C:\lock', 'Open', 'Read', 'None'); $false } catch { $_.Exception.InnerException -is [System.IO.IOException] }
            $stream.Close()
            [System.IO.File]::Exists('C:\lock')
            """));
}
