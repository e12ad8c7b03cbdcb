using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Firebreak.Lab.Engine.Tests;

/// <summary>Files of a machine on the wire: what an SFTP server needs.</summary>
public sealed class FileOperationTests(LabFixture lab) : IClassFixture<LabFixture>
{
    private const string Folder = @"C:\Temp\wire\new";

    [Fact]
    public void Files_are_made_written_read_moved_and_deleted()
    {
        Ask("file.folder", Folder);
        Ask("file.make", Folder + @"\a.bin");
        Write(@"\a.bin", 0, "hello");
        Write(@"\a.bin", 5, " world");
        Assert.Equal(["hello world"], LabFixture.Text(lab.First, $@"Get-Content '{Folder}\a.bin'"));
        Assert.Equal("world", Read(@"\a.bin", 6, 100));
        Assert.Equal("", Read(@"\a.bin", 50, 10));
        JsonObject stat = Ask("file.stat", Folder + @"\A.BIN");
        Assert.Equal((11, false, "a.bin"), (stat["size"]!.GetValue<int>(), stat["isFolder"]!.GetValue<bool>(), stat["name"]!.GetValue<string>()));
        Ask("file.make", Folder + @"\b.bin");
        Assert.Equal("lab.file-exists", Refused("file.move", Folder + @"\a.bin", new() { ["to"] = Folder + @"\b.bin" }));
        Ask("file.move", Folder + @"\a.bin", new() { ["to"] = Folder + @"\b.bin", ["overwrite"] = true });
        Assert.Equal(["b.bin"], Ask("file.list", Folder)["entries"]!.AsArray().Select(e => e!["name"]!.GetValue<string>()));
        Assert.Equal("lab.file-failed", Refused("file.delete", Folder));
        Ask("file.delete", Folder + @"\b.bin");
        Ask("file.delete", Folder);
        Assert.Equal(["False"], LabFixture.Text(lab.First, $"Test-Path '{Folder}'"));
    }

    [Theory]
    [InlineData("file.stat", "lab.file-missing")]
    [InlineData("file.read", "lab.file-missing")]
    [InlineData("file.list", "lab.file-missing")]
    [InlineData("file.delete", "lab.file-missing")]
    [InlineData("file.chmod", "lab.unknown-op")]
    public void What_is_not_there_is_refused(string op, string code) =>
        Assert.Equal(code, Refused(op, @"C:\Nowhere\x.bin", new() { ["offset"] = 0, ["length"] = 1 }));

    [Fact]
    public void An_exclusive_file_must_be_new()
    {
        Ask("file.make", @"C:\once.bin", new() { ["exclusive"] = true });
        Assert.Equal("lab.file-exists", Refused("file.make", @"C:\once.bin", new() { ["exclusive"] = true }));
    }

    private JsonObject Ask(string op, string path, JsonObject? fields = null) => lab.Engine.Ask(op, With(path, fields));

    private string Refused(string op, string path, JsonObject? fields = null)
    {
        JsonObject reply = lab.Engine.Send(op, With(path, fields)).WaitAsync(TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();
        Assert.False(reply["ok"]!.GetValue<bool>());
        return reply["error"]!["code"]!.GetValue<string>();
    }

    private void Write(string name, int offset, string text) =>
        Ask("file.write", Folder + name, new() { ["offset"] = offset, ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) });

    private string Read(string name, int offset, int length) =>
        Encoding.UTF8.GetString(Convert.FromBase64String(Ask("file.read", Folder + name, new() { ["offset"] = offset, ["length"] = length })["data"]!.GetValue<string>()));

    private static JsonObject With(string path, JsonObject? fields)
    {
        JsonObject all = fields ?? [];
        all["host"] = "ws01";
        all["path"] = path;
        return all;
    }
}
