using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.IO.FileStream] on a machine.</summary>
public sealed class LabStream : Stream
{
    private readonly LabFileStream _stream;

    /// <summary>Opens a file.</summary>
    public LabStream(string path, FileMode mode)
        : this(path, mode, mode == FileMode.Append ? FileAccess.Write : FileAccess.ReadWrite, FileShare.Read)
    {
    }

    /// <summary>Opens a file.</summary>
    public LabStream(string path, FileMode mode, FileAccess access)
        : this(path, mode, access, FileShare.Read)
    {
    }

    /// <summary>Opens a file.</summary>
    public LabStream(string path, FileMode mode, FileAccess access, FileShare share)
    {
        SessionContext context = SessionContext.Current;
        _stream = context.Files.Open(context.FullPath(path), mode, access, share);
    }

    /// <summary>Opens a file; the buffer is of no concern to the lab.</summary>
    public LabStream(string path, FileMode mode, FileAccess access, FileShare share, int bufferSize)
        : this(path, mode, access, share)
    {
    }

    /// <summary>Opens a file; buffer and options are of no concern to the lab.</summary>
    public LabStream(string path, FileMode mode, FileAccess access, FileShare share, int bufferSize, FileOptions options)
        : this(path, mode, access, share)
    {
        if (options.HasFlag(FileOptions.DeleteOnClose))
        {
            throw new LabRefusalException("FileOptions.DeleteOnClose");
        }
    }

    /// <summary>Full path.</summary>
    public string Name => _stream.Name;

    /// <inheritdoc/>
    public override bool CanRead => _stream.CanRead;

    /// <inheritdoc/>
    public override bool CanSeek => _stream.CanSeek;

    /// <inheritdoc/>
    public override bool CanWrite => _stream.CanWrite;

    /// <inheritdoc/>
    public override long Length => _stream.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _stream.Position;
        set => _stream.Position = value;
    }

    /// <inheritdoc/>
    public override void Flush() => _stream.Flush();

    /// <summary>Flushes; the lab's disk is always up to date.</summary>
    public void Flush(bool flushToDisk) => _stream.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => _stream.Read(buffer, offset, count);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => _stream.Seek(offset, origin);

    /// <inheritdoc/>
    public override void SetLength(long value) => _stream.SetLength(value);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => _stream.Write(buffer, offset, count);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
        }
        base.Dispose(disposing);
    }
}
