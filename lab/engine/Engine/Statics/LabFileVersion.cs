using System.Globalization;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.Diagnostics.FileVersionInfo] of a machine's file.</summary>
public sealed class LabFileVersion
{
    private readonly int[] _parts;

    private LabFileVersion(FileEntry entry)
    {
        FileName = entry.Path;
        FileVersion = entry.Version;
        int[] given = [.. (entry.Version ?? "").Split('.', StringSplitOptions.RemoveEmptyEntries).Select(p => int.Parse(p, CultureInfo.InvariantCulture))];
        _parts = [.. given, .. Enumerable.Repeat(0, 4 - given.Length)];
    }

    /// <summary>Full path.</summary>
    public string FileName { get; }

    /// <summary>Version as text; null for a file without.</summary>
    public string? FileVersion { get; }

    /// <summary>Version of the product: the lab's files have that of the file.</summary>
    public string? ProductVersion => FileVersion;

    /// <summary>First part.</summary>
    public int FileMajorPart => _parts[0];

    /// <summary>Second part.</summary>
    public int FileMinorPart => _parts[1];

    /// <summary>Third part.</summary>
    public int FileBuildPart => _parts[2];

    /// <summary>Fourth part.</summary>
    public int FilePrivatePart => _parts[3];

    /// <summary>First part.</summary>
    public int ProductMajorPart => _parts[0];

    /// <summary>Second part.</summary>
    public int ProductMinorPart => _parts[1];

    /// <summary>Third part.</summary>
    public int ProductBuildPart => _parts[2];

    /// <summary>Fourth part.</summary>
    public int ProductPrivatePart => _parts[3];

    /// <summary>Who made it.</summary>
    public string? CompanyName => FileVersion is null ? null : "Microsoft Corporation";

    /// <summary>Name at its making.</summary>
    public string? OriginalFilename => FileVersion is null ? null : Providers.WindowsPath.Name(FileName);

    /// <summary>Reads a file's version.</summary>
    public static LabFileVersion GetVersionInfo(string fileName)
    {
        SessionContext context = SessionContext.Current;
        string full = context.FullPath(fileName);
        return context.Files.Get(full) is { IsFolder: false } entry ? new LabFileVersion(entry) : throw new FileNotFoundException(fileName);
    }

    /// <inheritdoc/>
    public override string ToString() => $"File:             {FileName}\r\nFileVersion:      {FileVersion}\r\n";
}
