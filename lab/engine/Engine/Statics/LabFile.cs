using System.Text;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.IO.File] on a machine.</summary>
public static class LabFile
{
    private static FileView Files => SessionContext.Current.Files;

    /// <summary>Whether the file is there.</summary>
    public static bool Exists(string? path)
    {
        try
        {
            return !string.IsNullOrEmpty(path) && Files.FileExists(Full(path));
        }
        catch (Exception error) when (error is IOException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Content as bytes.</summary>
    public static byte[] ReadAllBytes(string path) => Files.ReadBytes(Full(path));

    /// <summary>Content as text, UTF-8 unless a byte order mark says otherwise.</summary>
    public static string ReadAllText(string path) => ReadAllText(path, Encoding.UTF8);

    /// <summary>Content as text.</summary>
    public static string ReadAllText(string path, Encoding encoding)
    {
        using var reader = new StreamReader(new MemoryStream(ReadAllBytes(path)), encoding, true);
        return reader.ReadToEnd();
    }

    /// <summary>Content as lines.</summary>
    public static string[] ReadAllLines(string path) => ReadAllLines(path, Encoding.UTF8);

    /// <summary>Content as lines.</summary>
    public static string[] ReadAllLines(string path, Encoding encoding)
    {
        using var reader = new StringReader(ReadAllText(path, encoding));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }
        return [.. lines];
    }

    /// <summary>Writes bytes.</summary>
    public static void WriteAllBytes(string path, byte[] bytes) => Files.WriteBytes(Full(path), bytes);

    /// <summary>Writes text as UTF-8 without byte order mark.</summary>
    public static void WriteAllText(string path, string? contents) => WriteAllText(path, contents, new UTF8Encoding(false));

    /// <summary>Writes text.</summary>
    public static void WriteAllText(string path, string? contents, Encoding encoding) =>
        Files.WriteBytes(Full(path), [.. encoding.GetPreamble(), .. encoding.GetBytes(contents ?? "")]);

    /// <summary>Writes lines.</summary>
    public static void WriteAllLines(string path, string[] contents) => WriteAllLines(path, contents, new UTF8Encoding(false));

    /// <summary>Writes lines.</summary>
    public static void WriteAllLines(string path, string[] contents, Encoding encoding) =>
        WriteAllText(path, string.Concat(contents.Select(l => l + "\r\n")), encoding);

    /// <summary>Adds text at the end.</summary>
    public static void AppendAllText(string path, string? contents) => AppendAllText(path, contents, new UTF8Encoding(false));

    /// <summary>Adds text at the end.</summary>
    public static void AppendAllText(string path, string? contents, Encoding encoding)
    {
        using LabFileStream stream = Files.Open(Full(path), FileMode.Append, FileAccess.Write);
        if (stream.Length == 0)
        {
            stream.Write(encoding.GetPreamble());
        }
        stream.Write(encoding.GetBytes(contents ?? ""));
    }

    /// <summary>Deletes the file if it is there.</summary>
    public static void Delete(string path)
    {
        string full = Full(path);
        if (Files.FolderExists(full))
        {
            throw new UnauthorizedAccessException($"Access to the path '{full}' is denied.");
        }
        Files.Delete(full);
    }

    /// <summary>Copies a file that must not be there yet.</summary>
    public static void Copy(string sourceFileName, string destFileName) => Copy(sourceFileName, destFileName, false);

    /// <summary>Copies a file.</summary>
    public static void Copy(string sourceFileName, string destFileName, bool overwrite) => Files.Copy(Full(sourceFileName), Full(destFileName), overwrite);

    /// <summary>Moves a file.</summary>
    public static void Move(string sourceFileName, string destFileName) => Files.Move(Full(sourceFileName), Full(destFileName));

    /// <summary>Replaces a file by another.</summary>
    public static void Replace(string sourceFileName, string destinationFileName, string? destinationBackupFileName)
    {
        if (!Exists(destinationFileName))
        {
            throw new FileNotFoundException($"Could not find file '{Full(destinationFileName)}'.");
        }
        if (!string.IsNullOrEmpty(destinationBackupFileName))
        {
            Files.Copy(Full(destinationFileName), Full(destinationBackupFileName), true);
        }
        Files.Move(Full(sourceFileName), Full(destinationFileName), true);
    }

    /// <summary>Opens a file.</summary>
    public static LabStream Open(string path, FileMode mode) => new(path, mode, mode == FileMode.Append ? FileAccess.Write : FileAccess.ReadWrite, FileShare.None);

    /// <summary>Opens a file.</summary>
    public static LabStream Open(string path, FileMode mode, FileAccess access) => new(path, mode, access, FileShare.None);

    /// <summary>Opens a file.</summary>
    public static LabStream Open(string path, FileMode mode, FileAccess access, FileShare share) => new(path, mode, access, share);

    /// <summary>Opens a file for reading.</summary>
    public static LabStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read);

    /// <summary>Opens or makes a file for writing.</summary>
    public static LabStream OpenWrite(string path) => new(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);

    /// <summary>Makes a file anew.</summary>
    public static LabStream Create(string path) => new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Opens a file for reading text.</summary>
    public static StreamReader OpenText(string path) => new LabStreamReader(path);

    /// <summary>Attributes.</summary>
    public static FileAttributes GetAttributes(string path) => Entry(path).IsFolder ? FileAttributes.Directory : FileAttributes.Archive;

    /// <summary>Local time of the last write.</summary>
    public static DateTime GetLastWriteTime(string path) => new LabFileInfo(path).LastWriteTime;

    /// <summary>Time of the last write.</summary>
    public static DateTime GetLastWriteTimeUtc(string path) => new LabFileInfo(path).LastWriteTimeUtc;

    /// <summary>Local creation time.</summary>
    public static DateTime GetCreationTime(string path) => new LabFileInfo(path).CreationTime;

    /// <summary>Creation time.</summary>
    public static DateTime GetCreationTimeUtc(string path) => new LabFileInfo(path).CreationTimeUtc;

    /// <summary>Sets the local time of the last write.</summary>
    public static void SetLastWriteTime(string path, DateTime lastWriteTime) => new LabFileInfo(path).LastWriteTime = lastWriteTime;

    /// <summary>Sets the time of the last write.</summary>
    public static void SetLastWriteTimeUtc(string path, DateTime lastWriteTimeUtc) => new LabFileInfo(path).LastWriteTimeUtc = lastWriteTimeUtc;

    private static string Full(string path) => SessionContext.Current.FullPath(path);

    private static FileEntry Entry(string path) => Files.Get(Full(path)) ?? throw new FileNotFoundException($"Could not find file '{Full(path)}'.", Full(path));
}
