namespace Firebreak.Lab.Machines;

/// <summary>A file or folder as it is now.</summary>
/// <param name="Path">Full path, case as created.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
/// <param name="Size">Bytes; 0 for folders.</param>
/// <param name="Version">FileVersion of a program file, or null.</param>
/// <param name="Created">Creation time (UTC).</param>
/// <param name="Modified">Last write time (UTC).</param>
public sealed record FileEntry(string Path, bool IsFolder, long Size, string? Version, DateTimeOffset Created, DateTimeOffset Modified)
{
    /// <summary>The last part of the path.</summary>
    public string Name => Path.Length <= 3 ? Path : Path[(Path.LastIndexOf('\\') + 1)..];
}
