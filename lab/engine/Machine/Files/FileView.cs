namespace Firebreak.Lab.Machines;

/// <summary>
/// Files as one process sees them: the machine's own disk, and the administrative shares of other machines by UNC path, as
/// far as <see cref="RemoteAccess"/> lets it. Same operations and errors as <see cref="FileTable"/>; on a share also
/// UnauthorizedAccessException (access is denied) and IOException with the HResult of the Windows error.
/// </summary>
public sealed class FileView(Machine machine, ProgramContext caller)
{
    /// <summary>Full path; a UNC path stays one.</summary>
    /// <exception cref="DirectoryNotFoundException">Another drive.</exception>
    public string Normalize(string path, string current = "")
    {
        string expanded = machine.Files.Expand(path);
        if (UncPath.Is(expanded))
        {
            return UncPath.Parse(expanded).Full;
        }

        if (!UncPath.Is(current))
        {
            return machine.Files.Normalize(expanded, current);
        }

        bool isRooted = expanded.Length > 0 && expanded[0] is '\\' or '/';
        bool hasDrive = expanded.Length > 1 && expanded[1] == ':';
        return hasDrive ? machine.Files.Normalize(expanded) : UncPath.Parse((isRooted ? UncPath.Parse(current).Root : current.TrimEnd('\\')) + "\\" + expanded).Full;
    }

    /// <summary>Whether a file is there.</summary>
    public bool FileExists(string path) => Get(path) is { IsFolder: false };

    /// <summary>Whether a folder is there.</summary>
    public bool FolderExists(string path) => Get(path) is { IsFolder: true };

    /// <summary>The file or folder; null also where no machine or share is.</summary>
    /// <exception cref="UnauthorizedAccessException">Access to the share is denied.</exception>
    /// <exception cref="IOException">The logon there was refused.</exception>
    public FileEntry? Get(string path)
    {
        try
        {
            Site site = At(path);
            return site.Back(site.Files.Get(site.Path));
        }
        catch (IOException error) when (!IsLogonError(error))
        {
            return null;
        }
    }

    /// <summary>What is in a folder, sorted by name.</summary>
    public IReadOnlyList<FileEntry> List(string folder)
    {
        Site site = At(folder);
        return [.. site.Files.List(site.Path).Select(e => site.Back(e)!)];
    }

    /// <summary>Makes a folder and its parents; false if it was there.</summary>
    public bool CreateFolder(string path)
    {
        Site site = At(path);
        return site.Files.CreateFolder(site.Path);
    }

    /// <summary>Opens a file.</summary>
    public LabFileStream Open(string path, FileMode mode, FileAccess access, FileShare share = FileShare.Read)
    {
        Site site = At(path);
        return site.Files.Open(site.Path, mode, access, share);
    }

    /// <summary>The whole content.</summary>
    public byte[] ReadBytes(string path)
    {
        Site site = At(path);
        return site.Files.ReadBytes(site.Path);
    }

    /// <summary>Who has signed a file.</summary>
    public PackageSignature SignatureOf(string path)
    {
        Site site = At(path);
        return PackageSignature.Of(site.Machine.Packages, site.Files, site.Path, site.Machine.Os.System32);
    }

    /// <summary>Content as text.</summary>
    public string ReadText(string path)
    {
        Site site = At(path);
        return site.Files.ReadText(site.Path);
    }

    /// <summary>Writes the whole content.</summary>
    public void WriteBytes(string path, ReadOnlySpan<byte> bytes, FileMode mode = FileMode.Create)
    {
        Site site = At(path);
        site.Files.WriteBytes(site.Path, bytes, mode);
    }

    /// <summary>Writes text as UTF-8 without byte order mark.</summary>
    public void WriteText(string path, string text, FileMode mode = FileMode.Create)
    {
        Site site = At(path);
        site.Files.WriteText(site.Path, text, mode);
    }

    /// <summary>Deletes a file or folder.</summary>
    public bool Delete(string path, bool recursive = false)
    {
        Site site = At(path);
        return site.Files.Delete(site.Path, recursive);
    }

    /// <summary>Sets the last write time.</summary>
    public void SetModified(string path, DateTimeOffset time)
    {
        Site site = At(path);
        site.Files.SetModified(site.Path, time);
    }

    /// <summary>Moves or renames; between machines files only.</summary>
    public void Move(string from, string to, bool overwrite = false)
    {
        Site source = At(from);
        Site target = At(to);
        if (source.Files == target.Files)
        {
            source.Files.Move(source.Path, target.Path, overwrite);
            return;
        }

        if (source.Files.FolderExists(source.Path))
        {
            throw new IOException("Source and destination path must have identical roots. Move will not work across volumes.");
        }

        Transfer(source, target, overwrite);
        source.Files.Delete(source.Path);
    }

    /// <summary>Copies a file.</summary>
    public void Copy(string from, string to, bool overwrite = false)
    {
        Site source = At(from);
        Site target = At(to);
        if (source.Files == target.Files)
        {
            source.Files.Copy(source.Path, target.Path, overwrite);
        }
        else
        {
            Transfer(source, target, overwrite);
        }
    }

    private static void Transfer(Site source, Site target, bool overwrite)
    {
        byte[] bytes = source.Files.ReadBytes(source.Path);
        FileEntry entry = source.Files.Get(source.Path)!;
        target.Files.WriteBytes(target.Path, bytes, overwrite ? FileMode.Create : FileMode.CreateNew);
        target.Files.SetIdentity(target.Path, entry.Version, entry.Modified);
    }

    private static bool IsLogonError(IOException error) => error.HResult is var code && (code & 0xffff) is RemoteAccess.LogonFailure or 1331 or 1909;

    private Site At(string path)
    {
        string full = Normalize(path);
        if (!UncPath.Is(full))
        {
            return new(machine, full, null, "");
        }

        UncPath unc = UncPath.Parse(full);
        RemoteGrant grant;
        try
        {
            grant = caller.Remote.Reach(machine, caller, unc.Machine, RemoteService.Smb);
        }
        catch (LabWin32Exception error) when (error.Code == RemoteAccess.AccessDenied)
        {
            throw new UnauthorizedAccessException(error.Message.TrimEnd('.'), error);
        }
        catch (LabWin32Exception error)
        {
            throw new IOException(error.Message, unchecked((int)0x80070000) | error.Code);
        }

        string root = (grant.Target.HasAdminShares ? unc.Share.ToUpperInvariant() : "") switch
        {
            "ADMIN$" => grant.Target.Os.SystemRoot,
            "C$" => @"C:\",
            _ => throw new IOException("The network name cannot be found.", unchecked((int)0x80070043)),
        };
        return new(grant.Target, unc.Rest.Length == 0 ? root : root.TrimEnd('\\') + "\\" + unc.Rest, unc, root);
    }

    private readonly record struct Site(Machine Machine, string Path, UncPath? Unc, string ShareRoot)
    {
        public FileTable Files => Machine.Files;

        public FileEntry? Back(FileEntry? entry) => entry is null || Unc is null
            ? entry
            : entry with { Path = entry.Path.Length <= ShareRoot.Length ? Unc.Root : Unc.Root + "\\" + entry.Path[ShareRoot.Length..].TrimStart('\\') };
    }
}
