using System.Management.Automation;
using Firebreak.Lab.Engine.Providers;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>What file and folder objects of a machine have in common ([System.IO.FileSystemInfo]).</summary>
public abstract class LabFileSystemInfo
{
    private protected LabFileSystemInfo(string path)
    {
        Machine = SessionContext.Current.Machine;
        Files = SessionContext.Current.Files;
        OriginalPath = path;
        FullName = SessionContext.Current.FullPath(path);
    }

    /// <summary>Full path.</summary>
    public string FullName { get; }

    /// <summary>Last part of the path.</summary>
    public string Name => FullName.Length <= 3 ? FullName : WindowsPath.Name(FullName);

    /// <summary>Extension with its dot.</summary>
    public string Extension => LabPath.GetExtension(FullName) ?? "";

    /// <summary>Whether it is there.</summary>
    public abstract bool Exists { get; }

    /// <summary>Attributes: the lab's files have only the one for folders.</summary>
    public FileAttributes Attributes => this is LabDirectoryInfo ? FileAttributes.Directory : FileAttributes.Archive;

    /// <summary>Where a link leads: the lab has no links.</summary>
    public string? LinkTarget => null;

    /// <summary>Local creation time.</summary>
    public DateTime CreationTime => Local(Entry?.Created);

    /// <summary>Creation time.</summary>
    public DateTime CreationTimeUtc => Utc(Entry?.Created);

    /// <summary>Local time of the last write.</summary>
    public DateTime LastWriteTime
    {
        get => Local(Entry?.Modified);
        set => Files.SetModified(FullName, new DateTimeOffset(DateTime.SpecifyKind(value, DateTimeKind.Unspecified), Machine.Os.UtcOffset));
    }

    /// <summary>Time of the last write.</summary>
    public DateTime LastWriteTimeUtc
    {
        get => Utc(Entry?.Modified);
        set => Files.SetModified(FullName, new DateTimeOffset(DateTime.SpecifyKind(value, DateTimeKind.Utc)));
    }

    /// <summary>Local time of the last access: not kept apart from the write.</summary>
    public DateTime LastAccessTime => LastWriteTime;

    private protected Machine Machine { get; }

    private protected FileView Files { get; }

    private protected string OriginalPath { get; }

    private protected FileEntry? Entry => Files.Get(FullName);

    /// <summary>The object as PowerShell shows it.</summary>
    internal static PSObject Describe(FileEntry entry)
    {
        LabFileSystemInfo info = entry.IsFolder ? new LabDirectoryInfo(entry.Path) : new LabFileInfo(entry.Path);
        var result = new PSObject(info);
        result.TypeNames.Insert(0, "System.IO.FileSystemInfo");
        result.TypeNames.Insert(0, entry.IsFolder ? "System.IO.DirectoryInfo" : "System.IO.FileInfo");
        result.Properties.Add(new PSNoteProperty("Mode", entry.IsFolder ? "d-----" : "-a----"), preValidated: true);
        return result;
    }

    /// <summary>Reads the state again: the lab always does.</summary>
    public void Refresh()
    {
    }

    /// <inheritdoc/>
    public override string ToString() => OriginalPath;

    private DateTime Local(DateTimeOffset? time) => DateTime.SpecifyKind((time ?? Missing).ToOffset(Machine.Os.UtcOffset).DateTime, DateTimeKind.Local);

    private static DateTime Utc(DateTimeOffset? time) => (time ?? Missing).UtcDateTime;

    // What .NET says of a file that is not there.
    private static DateTimeOffset Missing { get; } = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
