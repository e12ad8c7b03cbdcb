using Firebreak.Lab.Engine.Providers;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.IO.DirectoryInfo] on a machine.</summary>
public sealed class LabDirectoryInfo(string path) : LabFileSystemInfo(path)
{
    /// <inheritdoc/>
    public override bool Exists => Files.FolderExists(FullName);

    /// <summary>The folder above; null for the drive.</summary>
    public LabDirectoryInfo? Parent => FullName.Length <= 3 ? null : new LabDirectoryInfo(WindowsPath.Parent(FullName));

    /// <summary>The drive.</summary>
    public LabDirectoryInfo Root => new(FullName[..3]);

    /// <summary>Makes the folder.</summary>
    public void Create() => Files.CreateFolder(FullName);

    /// <summary>Deletes the empty folder.</summary>
    public void Delete() => Delete(false);

    /// <summary>Deletes the folder.</summary>
    public void Delete(bool recursive) => LabDirectory.Delete(FullName, recursive);

    /// <summary>Its files.</summary>
    public LabFileInfo[] GetFiles() => GetFiles("*");

    /// <summary>Its files that match.</summary>
    public LabFileInfo[] GetFiles(string searchPattern) => [.. LabDirectory.GetFiles(FullName, searchPattern).Select(f => new LabFileInfo(f))];

    /// <summary>Its folders.</summary>
    public LabDirectoryInfo[] GetDirectories() => [.. LabDirectory.GetDirectories(FullName).Select(f => new LabDirectoryInfo(f))];
}
