using System.Security.Cryptography;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>A file or folder in the tree. Content of program files from the profile is made up on first read; its version is in it.</summary>
internal sealed class FileNode(string name, bool isFolder)
{
    private MemoryStream? _content;
    private long _madeUpSize;
    private string? _hash;

    public string Name { get; set; } = name;

    public bool IsFolder { get; } = isFolder;

    public SortedDictionary<string, FileNode> Children { get; } = new(StringComparer.OrdinalIgnoreCase);

    public string? Version { get; set; }

    public DateTimeOffset Created { get; set; }

    public DateTimeOffset Modified { get; set; }

    public List<LabFileStream> Open { get; } = [];

    public long Size => _content?.Length ?? _madeUpSize;

    public MemoryStream Content => _content ??= MakeUp();

    public void SetMadeUp(long size)
    {
        _madeUpSize = size;
        _content = null;
        _hash = null;
    }

    public void SetContent(ReadOnlySpan<byte> bytes)
    {
        _content = new MemoryStream();
        _content.Write(bytes);
        _hash = null;
    }

    /// <summary>Content was written: what was known of it no longer holds.</summary>
    public void Touch(DateTimeOffset now)
    {
        _hash = null;
        Version = null;
        Modified = now;
    }

    public string Sha256() => _hash ??= Convert.ToHexString(SHA256.HashData(Content.GetBuffer().AsSpan(0, (int)Content.Length)));

    private MemoryStream MakeUp()
    {
        byte[] seed = Encoding.UTF8.GetBytes($"lab file {Name.ToLowerInvariant()} {Version}\n");
        MemoryStream stream = new();
        if (Version is { } version && _madeUpSize >= VersionedFile.Size && System.Version.TryParse(version, out System.Version? numbers) && numbers.Revision >= 0)
        {
            stream.Write(VersionedFile.Make(numbers));
        }

        while (stream.Length < _madeUpSize)
        {
            stream.Write(seed, 0, (int)Math.Min(seed.Length, _madeUpSize - stream.Length));
        }

        return stream;
    }
}
