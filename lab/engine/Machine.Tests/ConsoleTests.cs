using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>What somebody at the console of a machine before Vista has: regedit, find, dir, program files with versions.</summary>
public sealed class ConsoleTests
{
    private const string Key = @"HKLM\SOFTWARE\Test";

    [Fact]
    public void Regedit_of_nt4_writes_bytes_of_its_code_page()
    {
        using TestMachine test = new(Era.Nt4);
        test.Machine.Registry.SetValue(Key, "Text", RegistryValue.Sz("a \"b\" c:\\d"));
        test.Machine.Registry.SetValue(Key, "List", RegistryValue.Multi("ab", "c"));
        test.Machine.Registry.SetValue(Key + @"\Below", "Number", RegistryValue.Dword(0x600));
        test.Run("cmd", "/c", @"start /wait regedit /e C:\x.reg HKEY_LOCAL_MACHINE\SOFTWARE\Test");
        string[] lines = test.Machine.Files.ReadText(@"C:\x.reg").Split("\r\n");
        Assert.Equal(["REGEDIT4", "", @"[HKEY_LOCAL_MACHINE\SOFTWARE\Test]"], lines[..3]);
        Assert.Contains("""
            "Text"="a \"b\" c:\\d"
            """, lines);
        Assert.Contains("\"List\"=hex(7):61,62,00,63,00,00", lines);
        Assert.Contains("\"Number\"=dword:00000600", lines);
        Assert.Equal((byte)'R', test.Machine.Files.ReadBytes(@"C:\x.reg")[0]);
    }

    [Fact]
    public void Regedit_of_2000_writes_utf_16_that_type_makes_text_of()
    {
        using TestMachine test = new(Era.Windows2000);
        test.Machine.Registry.SetValue(Key, "Text", RegistryValue.Sz("x"));
        test.Run("cmd", "/c", @"start /wait regedit /e C:\x.reg HKEY_LOCAL_MACHINE\SOFTWARE\Test");
        Assert.Equal([0xff, 0xfe], test.Machine.Files.ReadBytes(@"C:\x.reg")[..2]);
        test.Run("cmd", "/c", @"type C:\x.reg > C:\x.txt");
        Assert.StartsWith("Windows Registry Editor Version 5.00\r\n", test.Machine.Files.ReadText(@"C:\x.txt"), StringComparison.Ordinal);
        string[] looks = ["find \"\"\"Text\"\"=\"\"x\"\"\" C:\\x.txt > nul", "find \"\"\"Text\"\"=\"\"y\"\"\" C:\\x.txt > nul", "find \"x\" C:\\none.txt > nul"];
        test.Machine.Files.WriteText(@"C:\look.cmd", string.Concat(looks.Select(l => l + "\r\necho %errorlevel%\r\n")));
        Assert.Equal("0\r\n1\r\n2\r\n", test.Run("cmd", "/c", @"C:\look.cmd").Output);
    }

    [Fact]
    public void Regedit_reads_a_file_and_what_is_written_below_hardware_is_gone_after_a_start()
    {
        using TestMachine test = new(Era.Nt4);
        test.Machine.Files.WriteText(@"C:\m.reg", "REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\HARDWARE\\DESCRIPTION\\System]\r\n\"Mark\"=\"1\"\r\n\r\n");
        test.Run("cmd", "/c", @"start /wait regedit /s C:\m.reg");
        Assert.Equal("1", test.Registry(@"HKLM\HARDWARE\DESCRIPTION\System", "Mark"));
        test.Machine.Files.WriteText(@"C:\n.reg", "no registry file");
        Assert.Equal(1, test.Run("regedit", "/s", @"C:\n.reg").ExitCode);
        Assert.Contains("the lab has no", test.Run("regedit", @"C:\m.reg").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_of_a_program_file_tells_its_version()
    {
        using TestMachine test = new(p =>
        {
            Era.Nt4(p);
            p["files"]![@"%SystemRoot%\System32\own.dll"] = new JsonObject { ["version"] = "4.0.1381.7230", ["size"] = 5000 };
        });
        test.Run("cmd", "/c", @"copy C:\WINNT\system32\own.dll C:\copy.bin");
        byte[] copy = test.Machine.Files.ReadBytes(@"C:\copy.bin");
        int at = copy.AsSpan().IndexOf(BitConverter.GetBytes(0xfeef04bd));
        int[] numbers = [.. new[] { 10, 8, 14, 12 }.Select(place => BitConverter.ToUInt16(copy, at + place))];
        Assert.Equal([4, 0, 1381, 7230], numbers);
        Assert.Equal(5000, copy.Length);
    }

    [Fact]
    public void Dir_and_if_exist_know_patterns()
    {
        using TestMachine test = new(Era.Nt4);
        test.Machine.Files.CreateFolder(@"C:\a");
        test.Machine.Files.WriteText(@"C:\a\TFTP1234", "abc");
        Assert.Matches(@"^\d\d/\d\d/\d{4}  \d\d:\d\d[ap] +3 TFTP1234\r\n$", test.Run("cmd", "/c", @"dir C:\a\TFTP1*").Output);
        Assert.Equal("1\r\n", test.Run("cmd", "/c", @"if exist C:\a\TFTP1* echo 1").Output);
        Assert.Equal("", test.Run("cmd", "/c", @"if exist C:\a\TFTP2* echo 1").Output);
    }
}
