using Xunit;

namespace Firebreak.Lab.Engine.Tests;

/// <summary>Registry, files, environment.</summary>
public sealed class ProviderTests(LabFixture lab) : IClassFixture<LabFixture>
{
    [Theory]
    [InlineData(@"HKLM:\SOFTWARE\X")]
    [InlineData(@"Registry::HKEY_LOCAL_MACHINE\SOFTWARE\X")]
    [InlineData(@"Microsoft.PowerShell.Core\Registry::HKEY_LOCAL_MACHINE\SOFTWARE\X")]
    [InlineData(@"HKLM:\SOFT*\X")]
    public void A_key_is_read_by_any_of_its_paths(string path) =>
        Assert.Equal(["text", "5", "a b", "X"], LabFixture.Text(lab.First, $"$k = Get-ItemProperty '{path}'; $k.Name; $k.Number; \"$($k.List)\"; $k.PSChildName"));

    [Fact]
    public void Values_are_written_with_their_type()
    {
        string[] kinds = LabFixture.Text(lab.First,
            """
            $null = New-Item HKLM:\SOFTWARE\T\Sub -Force
            Set-ItemProperty HKLM:\SOFTWARE\T -Name D -Value 7 -Type DWord
            $null = New-ItemProperty HKLM:\SOFTWARE\T -Name M -PropertyType MultiString -Value a, b
            $null = New-ItemProperty HKLM:\SOFTWARE\T -Name E -PropertyType ExpandString -Value '%SystemRoot%\x'
            Set-ItemProperty HKLM:\SOFTWARE\T -Name S -Value text
            $key = Get-Item HKLM:\SOFTWARE\T
            foreach ($name in 'D', 'M', 'E', 'S') { "$($key.GetValueKind($name))" }
            (Get-ItemProperty HKLM:\SOFTWARE\T).E
            Remove-ItemProperty HKLM:\SOFTWARE\T -Name D
            $null -eq (Get-ItemProperty HKLM:\SOFTWARE\T).D
            Remove-Item HKLM:\SOFTWARE\T -Recurse
            Test-Path HKLM:\SOFTWARE\T
            """);
        Assert.Equal(["DWord", "MultiString", "ExpandString", "String", @"C:\Windows\x", "True", "False"], kinds);
    }

    [Theory]
    [InlineData(@"Get-ItemProperty HKLM:\SOFTWARE\Nope", "PathNotFound,Microsoft.PowerShell.Commands.GetItemPropertyCommand")]
    [InlineData(@"Get-ItemProperty HKLM:\SOFTWARE\X -Name Nope", "System.Management.Automation.PSArgumentException,Microsoft.PowerShell.Commands.GetItemPropertyCommand")]
    [InlineData(@"Get-Item C:\nope", "PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand")]
    [InlineData(@"Get-ChildItem Q:\", "DriveNotFound,Microsoft.PowerShell.Commands.GetChildItemCommand")]
    [InlineData(@"Get-Content C:\nope.txt", "PathNotFound,Microsoft.PowerShell.Commands.GetContentCommand")]
    [InlineData("Get-Service nope", "NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand")]
    [InlineData("Get-Process nope", "NoProcessFoundForGivenName,Microsoft.PowerShell.Commands.GetProcessCommand")]
    [InlineData(@"Get-WmiObject -Namespace root\MSCluster -Class MSCluster_Cluster", "GetWMIManagementException,Microsoft.PowerShell.Commands.GetWmiObjectCommand")]
    [InlineData("Get-CimInstance NoSuchThing", "HRESULT 0x80041010,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand")]
    public void Errors_have_the_ids_of_Windows(string script, string id) => Assert.Equal(id, LabFixture.ErrorId(lab.First, script));

    [Fact]
    public void A_session_knows_as_whom_it_runs() =>
        Assert.Equal(
            [@"WS01\Administrator", "True"],
            LabFixture.Text(
                lab.First,
                """
                $me = [System.Security.Principal.WindowsIdentity]::GetCurrent()
                $me.Name
                (New-Object System.Security.Principal.WindowsPrincipal -ArgumentList $me).IsInRole((New-Object System.Security.Principal.SecurityIdentifier 'S-1-5-32-544'))
                """));

    [Fact]
    public void Hotfixes_are_shown_with_the_day_they_were_installed_on() =>
        Assert.Equal(
            ["KB4517389 2019-10-08 DateTime", "System.Management.ManagementObject#root\\cimv2\\Win32_QuickFixEngineering"],
            LabFixture.Text(lab.First, "Get-HotFix | ForEach-Object { '{0} {1:yyyy-MM-dd} {2}' -f $_.HotFixID, $_.InstalledOn, $_.InstalledOn.GetType().Name }; (Get-HotFix).PSObject.TypeNames[0]"));

    [Fact]
    public void Files_are_made_read_moved_and_removed()
    {
        string[] seen = LabFixture.Text(lab.First,
            """
            $null = New-Item -ItemType Directory C:\d\e -Force
            Set-Content C:\d\e\f.txt 'one', 'two'
            Add-Content C:\d\e\f.txt 'three'
            Get-Content C:\d\e\f.txt -TotalCount 2
            (Get-Content C:\d\e\f.txt -Encoding Byte)[0]
            Copy-Item C:\d\e\f.txt C:\d\g.txt
            Rename-Item C:\d\g.txt h.txt
            Move-Item C:\d\h.txt C:\d\e
            (Get-ChildItem C:\d -Recurse | Where-Object { -not $_.PSIsContainer } | ForEach-Object { $_.FullName }) -join ';'
            Test-Path C:\d\e -PathType Container
            Remove-Item C:\d -Recurse
            Test-Path -LiteralPath C:\d
            """);
        Assert.Equal(["one", "two", "111", @"C:\d\e\f.txt;C:\d\e\h.txt", "True", "False"], seen);
    }

    [Fact]
    public void WhatIf_changes_nothing() =>
        Assert.Equal(["True"], LabFixture.Text(lab.First, @"Remove-Item HKLM:\SOFTWARE\X -Recurse -WhatIf; Test-Path HKLM:\SOFTWARE\X"));

    [Fact]
    public void Machines_do_not_see_each_other()
    {
        LabFixture.Text(lab.First, @"$null = New-Item HKLM:\SOFTWARE\Only1; Set-Content C:\only1.txt x; $env:only1 = 'x'");
        Assert.Equal(["WS02", "False", "False", "False"], LabFixture.Text(lab.Second, @"$env:COMPUTERNAME; Test-Path HKLM:\SOFTWARE\Only1; [System.IO.File]::Exists('C:\only1.txt'); Test-Path env:only1"));
    }

    [Fact]
    public void The_environment_is_that_of_Windows() =>
        Assert.Equal([@"C:\Windows", @"C:\Windows", @"C:\ProgramData", "AMD64"], LabFixture.Text(lab.First, "$env:SystemRoot; $env:windir; $env:ProgramData; $env:PROCESSOR_ARCHITECTURE"));

    [Fact]
    public void Wmi_dates_are_text_and_cim_dates_are_dates() => Assert.Equal(
        ["True", "True", "0"],
        LabFixture.Text(lab.Second,
            """
            $wmi = Get-WmiObject -Class Win32_OperatingSystem
            $cim = Get-CimInstance -ClassName Win32_OperatingSystem
            $wmi.LastBootUpTime -match '^\d{14}\.\d{6}\+540$'
            $cim.LastBootUpTime -is [DateTime]
            [int] ($cim.LastBootUpTime - $wmi.ConvertToDateTime($wmi.LastBootUpTime)).TotalSeconds
            """));

    [Fact]
    public void Wmi_filters_choose()
    {
        Assert.Equal(["LanmanServer"], LabFixture.Text(lab.First, "Get-WmiObject Win32_Service -Filter \"Name LIKE 'lan%' AND State = 'Running'\" | ForEach-Object { $_.Name }"));
        Assert.Equal(["LanmanServer"], LabFixture.Text(lab.First, "Get-WmiObject -Query \"SELECT * FROM Win32_Service WHERE NOT (Name = 'Schedule') AND StartMode = 'Auto'\" | ForEach-Object { $_.Name }"));
    }
}
