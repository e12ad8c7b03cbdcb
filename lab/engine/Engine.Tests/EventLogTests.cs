using Xunit;

namespace Firebreak.Lab.Engine.Tests;

/// <summary>The log System by Get-EventLog, WMI and CIM: the same entries, newest first, each in its own way of telling the time.</summary>
public sealed class EventLogTests(LabFixture lab) : IClassFixture<LabFixture>
{
    [Fact]
    public void All_three_show_the_same_entries()
    {
        string[] seen = LabFixture.Text(lab.First,
            """
            (Get-EventLog -LogName System | ForEach-Object { "$($_.Index) $($_.EventID) $($_.Source)" }) -join ', '
            (Get-WmiObject -Class Win32_NTLogEvent -Filter "Logfile='System'" | ForEach-Object { "$($_.RecordNumber) $($_.EventCode) $($_.SourceName)" }) -join ', '
            (Get-CimInstance -ClassName Win32_NTLogEvent | ForEach-Object { "$($_.RecordNumber) $($_.EventCode) $($_.SourceName)" }) -join ', '
            """);
        Assert.Equal("5 6005 EventLog, 4 6009 EventLog, 3 6006 EventLog, 2 6005 EventLog, 1 6009 EventLog", seen[0]);
        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(seen[0], seen[2]);
    }

    [Fact]
    public void Times_are_one_moment_whatever_the_zone()
    {
        string[] seen = LabFixture.Text(lab.Second,
            """
            $boot = (Get-WmiObject -Class Win32_OperatingSystem).LastBootUpTime
            $event = @(Get-WmiObject -Class Win32_NTLogEvent -Filter "EventCode=6005 AND TimeWritten>='$boot'")
            "$($event.Count) $($event[0].TimeWritten -eq $boot) $($boot.Substring(21))"
            $before = @(Get-WmiObject -Class Win32_NTLogEvent -Filter "EventCode=6005 AND TimeWritten<'$boot'")
            "$($before.Count)"
            """);
        Assert.Equal(["1 True +540", "1"], seen);
    }

    [Fact]
    public void Entries_are_chosen_by_number_source_time_and_count()
    {
        string[] seen = LabFixture.Text(lab.First,
            """
            @(Get-EventLog System -Newest 2).Count
            @(Get-EventLog System -InstanceId 2147489654).EventID
            @(Get-EventLog System -Source event*).Count
            $boot = (Get-EventLog System -Newest 1).TimeWritten
            @(Get-EventLog System -Before $boot).Count
            @(Get-EventLog System -After $boot.AddSeconds(-1)).Count
            """);
        Assert.Equal(["2", "6006", "5", "3", "2"], seen);
    }

    [Theory]
    [InlineData("Get-EventLog System -Source nobody", "GetEventLogNoEntriesFound,Microsoft.PowerShell.Commands.GetEventLogCommand")]
    [InlineData("Get-WmiObject -Class Win32_NTLogEvent -Filter \"Nothing='x'\"", "GetWMIManagementException,Microsoft.PowerShell.Commands.GetWmiObjectCommand")]
    public void Errors_have_the_ids_of_Windows(string script, string id) => Assert.Equal(id, LabFixture.ErrorId(lab.First, script));
}
