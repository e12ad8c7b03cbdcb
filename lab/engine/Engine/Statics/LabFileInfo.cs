using Firebreak.Lab.Engine.Providers;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.IO.FileInfo] on a machine.</summary>
public sealed class LabFileInfo(string fileName) : LabFileSystemInfo(fileName)
{
    /// <inheritdoc/>
    public override bool Exists => Files.FileExists(FullName);

    /// <summary>Size in bytes.</summary>
    public long Length => (Entry ?? throw new FileNotFoundException($"Could not find file '{FullName}'.", FullName)).Size;

    /// <summary>Path of the folder.</summary>
    public string DirectoryName => WindowsPath.Parent(FullName);

    /// <summary>The folder.</summary>
    public LabDirectoryInfo Directory => new(DirectoryName);

    /// <summary>Whether it is read-only: no file of the lab is.</summary>
    public bool IsReadOnly => false;

    /// <summary>Deletes the file.</summary>
    public void Delete() => Files.Delete(FullName);

    /// <summary>Copies the file.</summary>
    public LabFileInfo CopyTo(string destFileName) => CopyTo(destFileName, false);

    /// <summary>Copies the file.</summary>
    public LabFileInfo CopyTo(string destFileName, bool overwrite)
    {
        LabFile.Copy(FullName, destFileName, overwrite);
        return new LabFileInfo(destFileName);
    }

    /// <summary>Moves the file.</summary>
    public void MoveTo(string destFileName) => LabFile.Move(FullName, destFileName);

    /// <summary>Opens the file.</summary>
    public LabStream Open(FileMode mode, FileAccess access = FileAccess.ReadWrite, FileShare share = FileShare.None) => new(FullName, mode, access, share);

    /// <summary>Opens the file for reading.</summary>
    public LabStream OpenRead() => LabFile.OpenRead(FullName);
}
