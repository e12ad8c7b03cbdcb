using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Provider;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>
/// The machine's disk under the name of the engine's own FileSystem provider, which no session has: no script reaches
/// the developer's files.
/// </summary>
[CmdletProvider("FileSystem", ProviderCapabilities.Filter | ProviderCapabilities.ShouldProcess | ProviderCapabilities.Credentials)]
public sealed class FileSystemProvider : NavigationCmdletProvider, IContentCmdletProvider, IPropertyCmdletProvider
{
    private static FileView Files => SessionContext.Current.Files;

    /// <inheritdoc/>
    public override char ItemSeparator => '\\';

    /// <inheritdoc/>
    public override char AltItemSeparator => '/';

    /// <inheritdoc/>
    protected override Collection<PSDriveInfo> InitializeDefaultDrives() => [new PSDriveInfo("C", ProviderInfo, @"C:\", "", null)];

    /// <inheritdoc/>
    protected override PSDriveInfo? NewDrive(PSDriveInfo drive)
    {
        if (drive.Root.StartsWith(@"\\", StringComparison.Ordinal))
        {
            return Mount(drive);
        }
        // The engine mounts what it finds on the developer's system under its own accord; none of that is the machine's.
        return drive.Root.Length >= 3 && drive.Root[1] == ':' && char.ToUpperInvariant(drive.Root[0]) == 'C'
            ? drive
            : throw new DriveNotFoundException(drive.Name, "DriveNotFound", SessionStateStrings.DriveNotFound);
    }

    /// <inheritdoc/>
    protected override PSDriveInfo RemoveDrive(PSDriveInfo drive)
    {
        // A drive that logged on takes its connection with it.
        if (drive.Root.StartsWith(@"\\", StringComparison.Ordinal) && drive.Credential is { } used && used != PSCredential.Empty)
        {
            SessionContext context = SessionContext.Current;
            context.Program.Remote.Disconnect(context.Machine, drive.Root[2..].Split('\\')[0]);
        }
        return drive;
    }

    /// <inheritdoc/>
    protected override string MakePath(string parent, string child)
    {
        string path = WindowsPath.Combine(parent, child);
        // A root has its separator: the engine takes a root without one for something that lies beside the drive.
        bool isRoot = path.Length == 2 ? path[1] == ':' : path.StartsWith(@"\\", StringComparison.Ordinal) && path.Count(c => c == '\\') == 3 && string.IsNullOrEmpty(child?.Trim('\\', '/'));
        return isRoot ? path + "\\" : path;
    }

    /// <inheritdoc/>
    protected override string GetParentPath(string path, string root)
    {
        string parent = WindowsPath.Parent(path);
        return !string.IsNullOrEmpty(root) && parent.Length < root.TrimEnd('\\').Length ? "" : path.Replace('/', '\\').TrimEnd('\\').Equals(root?.TrimEnd('\\'), StringComparison.OrdinalIgnoreCase) ? "" : parent;
    }

    /// <inheritdoc/>
    protected override string GetChildName(string path) =>
        path.TrimEnd('\\', '/') is { Length: 2 } drive && drive[1] == ':' ? drive + "\\" : WindowsPath.Name(path);

    /// <inheritdoc/>
    protected override string NormalizeRelativePath(string path, string basePath)
    {
        string full = Full(path);
        string from = Full(basePath).TrimEnd('\\');
        if (full.Equals(from, StringComparison.OrdinalIgnoreCase))
        {
            return "";
        }
        return full.StartsWith(from + "\\", StringComparison.OrdinalIgnoreCase) ? full[(from.Length + 1)..] : full;
    }

    /// <inheritdoc/>
    protected override bool IsValidPath(string path)
    {
        try
        {
            return Full(path).Length > 0;
        }
        catch (Exception error) when (error is IOException or ArgumentException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    protected override bool ItemExists(string path) => Find(path) is not null;

    /// <inheritdoc/>
    protected override bool IsItemContainer(string path) => Find(path) is { IsFolder: true };

    /// <inheritdoc/>
    protected override bool HasChildItems(string path) => Find(path) is { IsFolder: true } folder && Files.List(folder.Path).Count > 0;

    /// <inheritdoc/>
    protected override void GetItem(string path)
    {
        if (Find(path) is { } entry)
        {
            Write(entry);
        }
        else
        {
            Missing(path);
        }
    }

    /// <inheritdoc/>
    protected override void GetChildItems(string path, bool recurse) => Children(path, recurse, uint.MaxValue);

    /// <inheritdoc/>
    protected override void GetChildItems(string path, bool recurse, uint depth) => Children(path, recurse, depth);

    /// <inheritdoc/>
    protected override void GetChildNames(string path, ReturnContainers returnContainers)
    {
        if (Find(path) is { IsFolder: true } folder)
        {
            foreach (FileEntry entry in Files.List(folder.Path).Where(e => returnContainers == ReturnContainers.ReturnAllContainers || Matches(e)))
            {
                WriteItemObject(entry.Name, entry.Path, entry.IsFolder);
            }
        }
    }

    /// <inheritdoc/>
    protected override object GetChildItemsDynamicParameters(string path, bool recurse) => new ChildItemParameters();

    /// <inheritdoc/>
    protected override void NewItem(string path, string itemTypeName, object? newItemValue)
    {
        string kind = string.IsNullOrEmpty(itemTypeName) ? "file" : itemTypeName.ToLowerInvariant();
        string full = Full(path);
        if ("directory".StartsWith(kind, StringComparison.Ordinal) || "container".StartsWith(kind, StringComparison.Ordinal))
        {
            if (Find(full) is not null && !Force)
            {
                WriteError(new ErrorRecord(new IOException($"An item with the specified name {full} already exists."), "DirectoryExist", ErrorCategory.ResourceExists, full));
                return;
            }
            if (ShouldProcess($"Destination: {full}", "Create Directory"))
            {
                Guard("CreateDirectoryIOError", full, () =>
                {
                    Files.CreateFolder(full);
                    Write(Files.Get(full)!);
                });
            }
            return;
        }
        if (!"file".StartsWith(kind, StringComparison.Ordinal))
        {
            throw new LabRefusalException("New-Item -ItemType " + itemTypeName);
        }
        if (!ShouldProcess($"Destination: {full}", "Create File"))
        {
            return;
        }
        Guard("NewItemIOError", full, () =>
        {
            if (Force)
            {
                Files.CreateFolder(WindowsPath.Parent(full));
            }
            using (LabFileStream stream = Files.Open(full, Force ? FileMode.Create : FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                if (newItemValue is not null)
                {
                    stream.Write(new System.Text.UTF8Encoding(false).GetBytes(LanguagePrimitives.ConvertTo<string>(newItemValue)));
                }
            }
            Write(Files.Get(full)!);
        });
    }

    /// <inheritdoc/>
    protected override void RemoveItem(string path, bool recurse)
    {
        if (Find(path) is not { } entry)
        {
            Missing(path);
            return;
        }
        if (ShouldProcess(entry.Path, entry.IsFolder ? "Remove Directory" : "Remove File"))
        {
            Guard("RemoveFileSystemItemIOError", path, () => Files.Delete(entry.Path, recurse));
        }
    }

    /// <inheritdoc/>
    protected override void CopyItem(string path, string copyPath, bool recurse)
    {
        if (Find(path) is not { } entry)
        {
            Missing(path);
            return;
        }
        string target = Full(copyPath);
        if (Find(target) is { IsFolder: true })
        {
            target = WindowsPath.Combine(target, entry.Name);
        }
        if (ShouldProcess($"Item: {entry.Path} Destination: {target}", entry.IsFolder ? "Copy Directory" : "Copy File"))
        {
            Guard("CopyDirectoryInfoItemIOError", entry.Path, () => Copy(entry, target, recurse));
        }
    }

    /// <inheritdoc/>
    protected override void MoveItem(string path, string destination)
    {
        if (Find(path) is not { } entry)
        {
            Missing(path);
            return;
        }
        string target = Full(destination);
        if (Find(target) is { IsFolder: true })
        {
            target = WindowsPath.Combine(target, entry.Name);
        }
        if (ShouldProcess($"Item: {entry.Path} Destination: {target}", entry.IsFolder ? "Move Directory" : "Move File"))
        {
            Guard(entry.IsFolder ? "MoveDirectoryItemIOError" : "MoveFileInfoItemIOError", entry.Path, () =>
            {
                Files.Move(entry.Path, target, Force);
                Write(Files.Get(target)!);
            });
        }
    }

    /// <inheritdoc/>
    protected override void RenameItem(string path, string newName)
    {
        if (Find(path) is not { } entry)
        {
            Missing(path);
            return;
        }
        string target = newName.Contains('\\', StringComparison.Ordinal) ? Full(newName) : WindowsPath.Combine(WindowsPath.Parent(entry.Path), newName);
        if (ShouldProcess($"Item: {entry.Path} Destination: {target}", entry.IsFolder ? "Rename Directory" : "Rename File"))
        {
            Guard("RenameItemIOError", entry.Path, () =>
            {
                Files.Move(entry.Path, target, Force);
                Write(Files.Get(target)!);
            });
        }
    }

    /// <inheritdoc/>
    protected override void InvokeDefaultAction(string path) => throw new LabRefusalException("Invoke-Item");

    /// <inheritdoc/>
    public IContentReader GetContentReader(string path) =>
        new FileContentReader(path, DynamicParameters as ContentReaderParameters ?? new ContentReaderParameters());

    /// <inheritdoc/>
    public object GetContentReaderDynamicParameters(string path) => new ContentReaderParameters();

    /// <inheritdoc/>
    public IContentWriter GetContentWriter(string path) =>
        new FileContentWriter(Full(path), DynamicParameters as ContentWriterParameters ?? new ContentWriterParameters());

    /// <inheritdoc/>
    public object GetContentWriterDynamicParameters(string path) => new ContentWriterParameters();

    /// <inheritdoc/>
    public void ClearContent(string path)
    {
        if (ShouldProcess(path, "Clear Content"))
        {
            Guard("ClearContentIOError", path, () => Files.Open(Full(path), FileMode.Truncate, FileAccess.Write).Dispose());
        }
    }

    /// <inheritdoc/>
    public object? ClearContentDynamicParameters(string path) => null;

    /// <inheritdoc/>
    public void GetProperty(string path, Collection<string>? providerSpecificPickList)
    {
        if (Find(path) is not { } entry)
        {
            Missing(path);
            return;
        }
        PSObject item = Wrap(entry);
        if (providerSpecificPickList is null || providerSpecificPickList.Count == 0)
        {
            WritePropertyObject(item, entry.Path);
            return;
        }
        var result = new PSObject();
        foreach (string name in providerSpecificPickList)
        {
            if (item.Properties[name] is { } property)
            {
                result.Properties.Add(new PSNoteProperty(property.Name, property.Value));
            }
            else
            {
                WriteError(new ErrorRecord(
                    new PSArgumentException($"Property {name} does not exist at path {entry.Path}."), "System.Management.Automation.PSArgumentException", ErrorCategory.InvalidArgument, path));
            }
        }
        WritePropertyObject(result, entry.Path);
    }

    /// <inheritdoc/>
    public object? GetPropertyDynamicParameters(string path, Collection<string>? providerSpecificPickList) => null;

    /// <inheritdoc/>
    public void SetProperty(string path, PSObject propertyValue)
    {
        if (Find(path) is not { } entry)
        {
            Missing(path);
            return;
        }
        PSObject item = Wrap(entry);
        foreach (PSMemberInfo property in propertyValue.Properties)
        {
            if (ShouldProcess(path, "Set Property"))
            {
                item.Properties[property.Name].Value = property.Value;
            }
        }
        WritePropertyObject(propertyValue, path);
    }

    /// <inheritdoc/>
    public object? SetPropertyDynamicParameters(string path, PSObject propertyValue) => null;

    /// <inheritdoc/>
    public void ClearProperty(string path, Collection<string> propertyToClear) => throw new LabRefusalException("Clear-ItemProperty on files");

    /// <inheritdoc/>
    public object? ClearPropertyDynamicParameters(string path, Collection<string> propertyToClear) => null;

    private PSDriveInfo Mount(PSDriveInfo drive)
    {
        SessionContext context = SessionContext.Current;
        string root = Full(drive.Root);
        if (drive.Credential is { } credential && credential != PSCredential.Empty)
        {
            try
            {
                var used = new RemoteCredential(credential.UserName, credential.GetNetworkCredential().Password);
                context.Program.Remote.Reach(context.Machine, context.Program, root[2..].Split('\\')[0], RemoteService.Smb, used);
            }
            catch (LabWin32Exception error)
            {
                ThrowTerminatingError(new ErrorRecord(new System.ComponentModel.Win32Exception(error.Code, error.Message.TrimEnd('.')), "CouldNotMapNetworkDrive", ErrorCategory.InvalidOperation, drive));
            }
        }
        if (Find(root) is not { IsFolder: true })
        {
            ThrowTerminatingError(new ErrorRecord(
                new IOException($"The specified drive root \"{drive.Root}\" either does not exist, or it is not a folder."), "DriveRootError", ErrorCategory.ReadError, drive));
        }
        return drive;
    }

    private static string Full(string path) => SessionContext.Current.FullPath(path);

    private FileEntry? Find(string path)
    {
        try
        {
            return Files.Get(Full(path));
        }
        catch (UnauthorizedAccessException error)
        {
            WriteError(new ErrorRecord(error, "ItemExistsUnauthorizedAccessError", ErrorCategory.PermissionDenied, path));
            return null;
        }
        catch (IOException error) when ((error.HResult & 0xffff) is RemoteAccess.LogonFailure or 1331 or 1909)
        {
            WriteError(new ErrorRecord(error, "ItemExistsIOError", ErrorCategory.ReadError, path));
            return null;
        }
        catch (Exception error) when (error is IOException or ArgumentException)
        {
            return null;
        }
    }

    private static PSObject Wrap(FileEntry entry) => LabFileSystemInfo.Describe(entry);

    private void Write(FileEntry entry) => WriteItemObject(Wrap(entry), entry.Path, entry.IsFolder);

    private bool Matches(FileEntry entry) => string.IsNullOrEmpty(Filter) || WildcardPattern.Get(Filter, WildcardOptions.IgnoreCase).IsMatch(entry.Name);

    private void Children(string path, bool recurse, uint depth)
    {
        if (Find(path) is not { } entry)
        {
            Missing(path);
            return;
        }
        if (!entry.IsFolder)
        {
            Write(entry);
            return;
        }
        var parameters = DynamicParameters as ChildItemParameters;
        foreach (FileEntry child in Files.List(entry.Path).OrderBy(e => !e.IsFolder).ThenBy(e => e.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (Stopping)
            {
                return;
            }
            bool wanted = (!(parameters?.File ?? false) || !child.IsFolder) && (!(parameters?.Directory ?? false) || child.IsFolder);
            if (wanted && Matches(child))
            {
                Write(child);
            }
        }
        if (!recurse || depth == 0)
        {
            return;
        }
        foreach (FileEntry folder in Files.List(entry.Path).Where(e => e.IsFolder))
        {
            Children(folder.Path, true, depth - 1);
        }
    }

    private void Copy(FileEntry entry, string target, bool recurse)
    {
        if (!entry.IsFolder)
        {
            Files.Copy(entry.Path, target, overwrite: true);
            Write(Files.Get(target)!);
            return;
        }
        Files.CreateFolder(target);
        Write(Files.Get(target)!);
        if (recurse)
        {
            foreach (FileEntry child in Files.List(entry.Path))
            {
                Copy(child, WindowsPath.Combine(target, child.Name), true);
            }
        }
    }

    private void Missing(string path) => WriteError(new ErrorRecord(
        new ItemNotFoundException($"Cannot find path '{path}' because it does not exist."), "ItemDoesNotExist", ErrorCategory.ObjectNotFound, path));

    private void Guard(string id, string path, Action action)
    {
        try
        {
            action();
        }
        catch (IOException error)
        {
            WriteError(new ErrorRecord(error, id, ErrorCategory.WriteError, path));
        }
        catch (UnauthorizedAccessException error)
        {
            WriteError(new ErrorRecord(error, id.Replace("IOError", "UnauthorizedAccessError", StringComparison.Ordinal), ErrorCategory.PermissionDenied, path));
        }
    }
}
