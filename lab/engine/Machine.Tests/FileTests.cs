namespace Firebreak.Lab.Machines.Tests;

public sealed class FileTests : IDisposable
{
    private readonly TestMachine _test = new();

    private FileTable Files => _test.Machine.Files;

    [Fact]
    public void Paths_are_expanded_and_compared_without_case()
    {
        FileEntry file = Files.Get(@"%windir%\SYSTEM32/drivers\..\drivers\SRV2.SYS")!;

        Assert.Equal(@"C:\Windows\System32\drivers\srv2.sys", file.Path);
        Assert.Equal("10.0.18362.693", file.Version);
        Assert.Equal(796160, file.Size);
        Assert.Equal(796160, Files.ReadBytes(file.Path).Length);
    }

    [Fact]
    public void Create_new_is_won_by_one_of_many()
    {
        int won = 0;
        Parallel.For(0, 32, i =>
        {
            try
            {
                Files.WriteText(@"C:\ProgramData\claim", $"{i}", FileMode.CreateNew);
                Interlocked.Increment(ref won);
            }
            catch (IOException e) when (e.HResult == FileTable.FileExistsHResult)
            {
            }
        });

        Assert.Equal(1, won);
    }

    [Fact]
    public void An_open_file_is_shared_as_it_says()
    {
        using LabFileStream writer = Files.Open(@"C:\ProgramData\x", FileMode.Create, FileAccess.Write, FileShare.None);

        IOException busy = Assert.Throws<IOException>(() => Files.ReadBytes(@"C:\ProgramData\x"));
        Assert.Equal(FileTable.SharingViolationHResult, busy.HResult);
        Assert.Throws<IOException>(() => Files.Delete(@"C:\ProgramData\x"));
    }

    [Fact]
    public void Rename_is_atomic_and_keeps_content()
    {
        Files.WriteText(@"C:\ProgramData\a.tmp", "new");
        Files.WriteText(@"C:\ProgramData\a", "old");

        Assert.Throws<IOException>(() => Files.Move(@"C:\ProgramData\a.tmp", @"C:\ProgramData\a"));
        Files.Move(@"C:\ProgramData\a.tmp", @"C:\ProgramData\a", overwrite: true);

        Assert.Equal("new", Files.ReadText(@"C:\ProgramData\a"));
        Assert.False(Files.FileExists(@"C:\ProgramData\a.tmp"));
    }

    [Fact]
    public void Hash_follows_what_is_written_in_pieces()
    {
        using (LabFileStream stream = Files.Open(@"C:\ProgramData\p", FileMode.Create, FileAccess.Write))
        {
            stream.Write("ab"u8);
            _ = Files.Sha256(@"C:\ProgramData\p");
            stream.Write("c"u8);
        }

        Assert.Equal("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", Files.Sha256(@"C:\ProgramData\p"));
        Assert.Equal(1, _test.Count("file", "op", "write"));
    }

    [Fact]
    public void What_is_not_there_fails_as_on_Windows()
    {
        Assert.Throws<FileNotFoundException>(() => Files.ReadBytes(@"C:\ProgramData\none"));
        Assert.Throws<DirectoryNotFoundException>(() => Files.ReadBytes(@"C:\none\none"));
        Assert.Throws<DirectoryNotFoundException>(() => Files.Normalize(@"D:\x"));
        Assert.Throws<DirectoryNotFoundException>(() => Files.Normalize(@"\\server\share"));
        Assert.Throws<DirectoryNotFoundException>(() => Files.WriteText(@"C:\none\x", ""));
        Assert.Throws<IOException>(() => Files.Delete(@"C:\Windows"));
    }

    public void Dispose() => _test.Dispose();
}
