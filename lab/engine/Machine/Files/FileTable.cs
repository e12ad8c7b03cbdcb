using System.Text;
using System.Text.RegularExpressions;

namespace Firebreak.Lab.Machines;

/// <summary>
/// The file system of a machine: drive C: only, names without regard to case. Errors are the exceptions System.IO throws on
/// Windows (FileNotFoundException, DirectoryNotFoundException, IOException with the HResult of sharing violation or "exists").
/// </summary>
public sealed partial class FileTable
{
    /// <summary>HResult of "the file exists" (ERROR_FILE_EXISTS).</summary>
    public const int FileExistsHResult = unchecked((int)0x80070050);

    /// <summary>HResult of a sharing violation.</summary>
    public const int SharingViolationHResult = unchecked((int)0x80070020);

    private readonly Lock _gate;
    private readonly Func<DateTimeOffset> _now;
    private readonly Func<string, string?> _variable;
    private readonly History _history;
    private readonly FileNode _root;

    internal FileTable(Lock gate, Func<DateTimeOffset> now, Func<string, string?> variable, History history)
    {
        _gate = gate;
        _now = now;
        _variable = variable;
        _history = history;
        _root = new FileNode("C:", true) { Created = now(), Modified = now() };
    }

    /// <summary>Replaces %NAME% by the system's variables; unknown ones stay, as on Windows.</summary>
    public string Expand(string path) => VariablePattern().Replace(path, m => _variable(m.Groups[1].Value) ?? m.Value);

    /// <summary>Full path: variables expanded, / turned, . and .. resolved against <paramref name="current"/>; \\?\ and \\localhost\C$ understood.</summary>
    /// <exception cref="DirectoryNotFoundException">Another drive or another machine.</exception>
    public string Normalize(string path, string current = @"C:\Windows\System32")
    {
        string full = Expand(path).Replace('/', '\\').Trim();
        if (full.StartsWith(@"\\?\", StringComparison.Ordinal))
        {
            full = full[4..];
        }

        if (full.StartsWith(@"\\", StringComparison.Ordinal))
        {
            throw new DirectoryNotFoundException($"The network path was not found: {path}");
        }

        if (full.Length == 0)
        {
            throw new ArgumentException("The path is empty.", nameof(path));
        }

        if (full[0] == '\\')
        {
            full = "C:" + full;
        }
        else if (full.Length < 2 || full[1] != ':')
        {
            full = current.TrimEnd('\\') + "\\" + full;
        }
        else if (full.Length > 2 && full[2] != '\\')
        {
            full = current.TrimEnd('\\') + "\\" + full[2..];
        }

        if (char.ToUpperInvariant(full[0]) != 'C')
        {
            throw new DirectoryNotFoundException($"Could not find a part of the path '{path}'.");
        }

        List<string> parts = [];
        foreach (string part in full[2..].Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0)
                {
                    parts.RemoveAt(parts.Count - 1);
                }
            }
            else if (part != ".")
            {
                if (part.AsSpan().IndexOfAny("<>:\"|?*") >= 0)
                {
                    throw new IOException($"The filename, directory name, or volume label syntax is incorrect: '{path}'", unchecked((int)0x8007007B));
                }

                parts.Add(part.TrimEnd(' ', '.'));
            }
        }

        return @"C:\" + string.Join('\\', parts);
    }

    /// <summary>Whether a file is there.</summary>
    public bool FileExists(string path) => Get(path) is { IsFolder: false };

    /// <summary>Whether a folder is there.</summary>
    public bool FolderExists(string path) => Get(path) is { IsFolder: true };

    /// <summary>The file or folder, or null.</summary>
    public FileEntry? Get(string path)
    {
        string full;
        try
        {
            full = Normalize(path);
        }
        catch (IOException)
        {
            return null;
        }

        lock (_gate)
        {
            return Find(full) is { } node ? ToEntry(Real(full), node) : null;
        }
    }

    /// <summary>What is in a folder, sorted by name.</summary>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    public IReadOnlyList<FileEntry> List(string folder)
    {
        string full = Normalize(folder);
        lock (_gate)
        {
            FileNode node = FindFolder(full);
            string prefix = Real(full).TrimEnd('\\') + "\\";
            return [.. node.Children.Values.Select(c => ToEntry(prefix + c.Name, c))];
        }
    }

    /// <summary>Makes a folder and its parents; false if it was there.</summary>
    /// <exception cref="IOException">A file is in the way.</exception>
    public bool CreateFolder(string path)
    {
        string full = Normalize(path);
        lock (_gate)
        {
            if (Find(full) is { } there)
            {
                return there.IsFolder ? false : throw Exists(full);
            }

            MakeFolder(full);
        }

        Record("create-folder", full);
        return true;
    }

    /// <summary>Opens a file with the meaning FileStream has.</summary>
    public LabFileStream Open(string path, FileMode mode, FileAccess access, FileShare share = FileShare.Read)
    {
        string full = Normalize(path);
        bool created = false;
        LabFileStream stream;
        lock (_gate)
        {
            FileNode? node = Find(full);
            if (node is { IsFolder: true })
            {
                throw new UnauthorizedAccessException($"Access to the path '{full}' is denied.");
            }

            if (node is null)
            {
                if (mode is FileMode.Open or FileMode.Truncate)
                {
                    FindFolder(Parent(full));
                    throw new FileNotFoundException($"Could not find file '{full}'.", full);
                }

                FileNode folder = FindFolder(Parent(full));
                node = new FileNode(full[(full.LastIndexOf('\\') + 1)..], false) { Created = _now(), Modified = _now() };
                folder.Children[node.Name] = node;
                created = true;
            }
            else if (mode == FileMode.CreateNew)
            {
                throw Exists(full);
            }

            CheckSharing(node, full, access, share);
            if (!created && mode is FileMode.Create or FileMode.Truncate)
            {
                node.SetContent([]);
                node.Touch(_now());
            }

            stream = new LabFileStream(this, node, full, access, share, mode == FileMode.Append);
            node.Open.Add(stream);
        }

        if (created)
        {
            Record("create", full);
        }

        return stream;
    }

    /// <summary>The whole content.</summary>
    public byte[] ReadBytes(string path)
    {
        using LabFileStream stream = Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Content as text; a byte order mark decides the encoding, else UTF-8.</summary>
    public string ReadText(string path)
    {
        using StreamReader reader = new(Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), new UTF8Encoding(false), true);
        return reader.ReadToEnd();
    }

    /// <summary>Writes the whole content; <see cref="FileMode.CreateNew"/> fails with <see cref="FileExistsHResult"/> if the file is there.</summary>
    public void WriteBytes(string path, ReadOnlySpan<byte> bytes, FileMode mode = FileMode.Create)
    {
        using LabFileStream stream = Open(path, mode, FileAccess.Write, FileShare.Read);
        stream.Write(bytes);
    }

    /// <summary>Writes text as UTF-8 without byte order mark.</summary>
    public void WriteText(string path, string text, FileMode mode = FileMode.Create) => WriteBytes(path, new UTF8Encoding(false).GetBytes(text), mode);

    /// <summary>SHA-256 of the content, upper-case hex.</summary>
    public string Sha256(string path)
    {
        string full = Normalize(path);
        lock (_gate)
        {
            return FindFile(full).Sha256();
        }
    }

    /// <summary>Deletes a file or an empty folder, with <paramref name="recursive"/> also a full one. False if it is not there.</summary>
    public bool Delete(string path, bool recursive = false)
    {
        string full = Normalize(path);
        lock (_gate)
        {
            if (Find(full) is not { } node)
            {
                return false;
            }

            if (full.Length <= 3)
            {
                throw new UnauthorizedAccessException($"Access to the path '{full}' is denied.");
            }

            if (node.IsFolder && node.Children.Count > 0 && !recursive)
            {
                throw new IOException($"The directory is not empty: '{full}'", unchecked((int)0x80070091));
            }

            CheckFree(node, full);
            Find(Parent(full))!.Children.Remove(node.Name);
        }

        Record("delete", full);
        return true;
    }

    /// <summary>Moves or renames, atomically.</summary>
    public void Move(string from, string to, bool overwrite = false)
    {
        string source = Normalize(from);
        string target = Normalize(to);
        lock (_gate)
        {
            FileNode node = Find(source) ?? throw new FileNotFoundException($"Could not find file '{source}'.", source);
            FileNode folder = FindFolder(Parent(target));
            if (Find(target) is { } there && there != node)
            {
                if (!overwrite || there.IsFolder || node.IsFolder)
                {
                    throw Exists(target);
                }

                CheckFree(there, target);
                folder.Children.Remove(there.Name);
            }

            CheckFree(node, source);
            Find(Parent(source))!.Children.Remove(node.Name);
            node.Name = target[(target.LastIndexOf('\\') + 1)..];
            folder.Children[node.Name] = node;
        }

        Record("move", source, target);
    }

    /// <summary>Copies a file.</summary>
    public void Copy(string from, string to, bool overwrite = false)
    {
        string source = Normalize(from);
        string target = Normalize(to);
        byte[] bytes = ReadBytes(source);
        string? version = Get(source)!.Version;
        DateTimeOffset modified = Get(source)!.Modified;
        WriteBytes(target, bytes, overwrite ? FileMode.Create : FileMode.CreateNew);
        lock (_gate)
        {
            FileNode node = FindFile(target);
            node.Version = version;
            node.Modified = modified;
        }
    }

    /// <summary>Sets the last write time.</summary>
    public void SetModified(string path, DateTimeOffset time)
    {
        string full = Normalize(path);
        lock (_gate)
        {
            (Find(full) ?? throw new FileNotFoundException($"Could not find file '{full}'.", full)).Modified = time;
        }
    }

    /// <summary>Puts a file of a profile or package in place, whatever was there.</summary>
    internal void Install(string path, FileProfile file)
    {
        string full = Normalize(path);
        lock (_gate)
        {
            if (Find(full) is not { IsFolder: false } node)
            {
                node = new FileNode(full[(full.LastIndexOf('\\') + 1)..], false) { Created = file.Modified ?? _now() };
                MakeFolder(Parent(full)).Children[node.Name] = node;
            }

            node.Version = file.Version;
            node.Modified = file.Modified ?? _now();
            if (file.Content is { } content)
            {
                node.SetContent(new UTF8Encoding(false).GetBytes(content));
            }
            else
            {
                node.SetMadeUp(file.Size ?? 4096);
            }
        }

        Record("install", full, version: file.Version);
    }

    internal T Locked<T>(Func<T> action)
    {
        lock (_gate)
        {
            return action();
        }
    }

    internal void Touch(FileNode node) => node.Touch(_now());

    internal void Closed(FileNode node, LabFileStream stream, bool written)
    {
        lock (_gate)
        {
            node.Open.Remove(stream);
        }

        if (written)
        {
            Record("write", stream.Name);
        }
    }

    /// <summary>The power went: handles of dead processes are gone.</summary>
    internal void CloseAllHandles()
    {
        lock (_gate)
        {
            Walk(_root);
        }

        static void Walk(FileNode node)
        {
            node.Open.Clear();
            foreach (FileNode child in node.Children.Values)
            {
                Walk(child);
            }
        }
    }

    private static string Parent(string full) => full.LastIndexOf('\\') is var at && at <= 2 ? @"C:\" : full[..at];

    private static IOException Exists(string full) => new($"The file '{full}' already exists.", FileExistsHResult);

    private static IOException Busy(string full) =>
        new($"The process cannot access the file '{full}' because it is being used by another process.", SharingViolationHResult);

    private static FileEntry ToEntry(string path, FileNode node) =>
        new(path, node.IsFolder, node.IsFolder ? 0 : node.Size, node.Version, node.Created, node.Modified);

    private static void CheckSharing(FileNode node, string full, FileAccess access, FileShare share)
    {
        foreach (LabFileStream open in node.Open)
        {
            if ((access.HasFlag(FileAccess.Read) && !open.Share.HasFlag(FileShare.Read))
                || (access.HasFlag(FileAccess.Write) && !open.Share.HasFlag(FileShare.Write))
                || (open.Access.HasFlag(FileAccess.Read) && !share.HasFlag(FileShare.Read))
                || (open.Access.HasFlag(FileAccess.Write) && !share.HasFlag(FileShare.Write)))
            {
                throw Busy(full);
            }
        }
    }

    private static void CheckFree(FileNode node, string full)
    {
        if (node.Open.Any(o => !o.Share.HasFlag(FileShare.Delete)))
        {
            throw Busy(full);
        }

        foreach (FileNode child in node.Children.Values)
        {
            CheckFree(child, full + "\\" + child.Name);
        }
    }

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex VariablePattern();

    private void Record(string op, string path, string? target = null, string? version = null)
    {
        List<(string, object?)> fields = [("op", op), ("path", path)];
        if (target is not null)
        {
            fields.Add(("target", target));
        }

        if (version is not null)
        {
            fields.Add(("version", version));
        }

        _history.Add("file", [.. fields]);
    }

    private string Real(string full)
    {
        StringBuilder path = new("C:");
        FileNode node = _root;
        foreach (string part in full[2..].Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            node = node.Children[part];
            path.Append('\\').Append(node.Name);
        }

        return path.Length == 2 ? @"C:\" : path.ToString();
    }

    private FileNode? Find(string full)
    {
        FileNode node = _root;
        foreach (string part in full[2..].Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!node.Children.TryGetValue(part, out FileNode? child))
            {
                return null;
            }

            node = child;
        }

        return node;
    }

    private FileNode FindFolder(string full) =>
        Find(full) is { IsFolder: true } node ? node : throw new DirectoryNotFoundException($"Could not find a part of the path '{full}'.");

    private FileNode FindFile(string full) =>
        Find(full) is { IsFolder: false } node ? node : throw new FileNotFoundException($"Could not find file '{full}'.", full);

    private FileNode MakeFolder(string full)
    {
        FileNode node = _root;
        foreach (string part in full[2..].Split('\\', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!node.Children.TryGetValue(part, out FileNode? child))
            {
                child = new FileNode(part, true) { Created = _now(), Modified = _now() };
                node.Children[part] = child;
            }
            else if (!child.IsFolder)
            {
                throw Exists(full);
            }

            node = child;
        }

        return node;
    }
}
