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
    private readonly FileTree _tree;

    /// <summary>
    /// The power is off: nothing more reaches the disk. A program that the power took dies a moment later in the lab than
    /// on a real machine, and must not write its last words.
    /// </summary>
    internal bool IsFrozen { get; set; }

    /// <summary>When files of the profile came to their place: before the machine was last started; null: now.</summary>
    internal DateTimeOffset? FurnishedAt { get; set; }

    internal FileTable(Lock gate, Func<DateTimeOffset> now, Func<string, string?> variable, History history)
    {
        _gate = gate;
        _now = now;
        _variable = variable;
        _history = history;
        _tree = new FileTree(now());
    }

    /// <summary>Replaces %NAME% by the system's variables; unknown ones stay, as on Windows.</summary>
    public string Expand(string path) => VariablePattern().Replace(path, m => _variable(m.Groups[1].Value) ?? m.Value);

    /// <summary>Full path: variables expanded, / turned, . and .. resolved against <paramref name="current"/>; \\?\ understood.</summary>
    /// <exception cref="DirectoryNotFoundException">Another drive or another machine.</exception>
    public string Normalize(string path, string current = "") => FilePath.Normalize(Expand(path), current.Length > 0 ? current : Expand(@"%SystemRoot%\System32"));

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
            return _tree.Find(full) is { } node ? ToEntry(_tree.Real(full), node) : null;
        }
    }

    /// <summary>What is in a folder, sorted by name.</summary>
    /// <exception cref="DirectoryNotFoundException">No such folder.</exception>
    public IReadOnlyList<FileEntry> List(string folder)
    {
        string full = Normalize(folder);
        lock (_gate)
        {
            FileNode node = _tree.FindFolder(full);
            string prefix = _tree.Real(full).TrimEnd('\\') + "\\";
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
            CheckPower(full);
            if (_tree.Find(full) is { } there)
            {
                return there.IsFolder ? false : throw FileErrors.Exists(full);
            }

            _tree.MakeFolder(full, _now());
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
            if (access != FileAccess.Read)
            {
                CheckPower(full);
            }

            FileNode? node = _tree.Find(full);
            if (node is { IsFolder: true })
            {
                throw new UnauthorizedAccessException($"Access to the path '{full}' is denied.");
            }

            if (node is null)
            {
                if (mode is FileMode.Open or FileMode.Truncate)
                {
                    _tree.FindFolder(FilePath.Parent(full));
                    throw new FileNotFoundException($"Could not find file '{full}'.", full);
                }

                FileNode folder = _tree.FindFolder(FilePath.Parent(full));
                node = new FileNode(FilePath.Leaf(full), false) { Created = _now(), Modified = _now() };
                folder.Children[node.Name] = node;
                created = true;
            }
            else if (mode == FileMode.CreateNew)
            {
                throw FileErrors.Exists(full);
            }

            FileErrors.CheckSharing(node, full, access, share);
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
            return _tree.FindFile(full).Sha256();
        }
    }

    /// <summary>Deletes a file or an empty folder, with <paramref name="recursive"/> also a full one. False if it is not there.</summary>
    public bool Delete(string path, bool recursive = false)
    {
        string full = Normalize(path);
        lock (_gate)
        {
            CheckPower(full);
            if (_tree.Find(full) is not { } node)
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

            FileErrors.CheckFree(node, full);
            _tree.Find(FilePath.Parent(full))!.Children.Remove(node.Name);
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
            CheckPower(source);
            FileNode node = _tree.Find(source) ?? throw new FileNotFoundException($"Could not find file '{source}'.", source);
            FileNode folder = _tree.FindFolder(FilePath.Parent(target));
            if (_tree.Find(target) is { } there && there != node)
            {
                if (!overwrite || there.IsFolder || node.IsFolder)
                {
                    throw FileErrors.Exists(target);
                }

                FileErrors.CheckFree(there, target);
                folder.Children.Remove(there.Name);
            }

            FileErrors.CheckFree(node, source);
            _tree.Find(FilePath.Parent(source))!.Children.Remove(node.Name);
            node.Name = FilePath.Leaf(target);
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
        SetIdentity(target, version, modified);
    }

    /// <summary>Sets the last write time.</summary>
    public void SetModified(string path, DateTimeOffset time)
    {
        string full = Normalize(path);
        lock (_gate)
        {
            (_tree.Find(full) ?? throw new FileNotFoundException($"Could not find file '{full}'.", full)).Modified = time;
        }
    }

    /// <summary>Puts a file of a profile or package in place, whatever was there.</summary>
    internal void Install(string path, FileProfile file)
    {
        string full = Normalize(path);
        DateTimeOffset at = file.Modified ?? FurnishedAt ?? _now();
        lock (_gate)
        {
            if (_tree.Find(full) is not { IsFolder: false } node)
            {
                node = new FileNode(FilePath.Leaf(full), false) { Created = at };
                _tree.MakeFolder(FilePath.Parent(full), _now()).Children[node.Name] = node;
            }

            node.Version = file.Version;
            node.Modified = at;
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

    /// <summary>What a copy keeps of its source.</summary>
    internal void SetIdentity(string path, string? version, DateTimeOffset modified)
    {
        string full = Normalize(path);
        lock (_gate)
        {
            FileNode node = _tree.FindFile(full);
            node.Version = version;
            node.Modified = modified;
        }
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
    private void CheckPower(string path)
    {
        if (IsFrozen)
        {
            throw new IOException($"The device is not ready: '{path}'", unchecked((int)0x80070015));
        }
    }

    internal void CloseAllHandles()
    {
        lock (_gate)
        {
            Walk(_tree.Root);
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

    private static FileEntry ToEntry(string path, FileNode node) =>
        new(path, node.IsFolder, node.IsFolder ? 0 : node.Size, node.Version, node.Created, node.Modified);

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
}
