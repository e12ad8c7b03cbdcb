namespace Firebreak.Lab.Machines;

/// <summary>An open file of a machine: what System.IO.FileStream would be there, sharing rules included.</summary>
public sealed class LabFileStream : Stream
{
    private readonly FileTable _table;
    private readonly FileNode _node;
    private readonly FileAccess _access;
    private long _position;
    private bool _closed;
    private bool _written;

    internal LabFileStream(FileTable table, FileNode node, string path, FileAccess access, FileShare share, bool append)
    {
        _table = table;
        _node = node;
        Name = path;
        _access = access;
        Share = share;
        _position = append ? node.Size : 0;
    }

    /// <summary>Full path of the file.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override bool CanRead => !_closed && _access.HasFlag(FileAccess.Read);

    /// <inheritdoc/>
    public override bool CanSeek => !_closed;

    /// <inheritdoc/>
    public override bool CanWrite => !_closed && _access.HasFlag(FileAccess.Write);

    /// <inheritdoc/>
    public override long Length => _table.Locked(() => _node.Size);

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    internal FileShare Share { get; }

    internal FileAccess Access => _access;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        Check(CanRead);
        return _table.Locked(() =>
        {
            MemoryStream content = _node.Content;
            content.Position = Math.Min(_position, content.Length);
            int read = content.Read(buffer, offset, count);
            _position += read;
            return read;
        });
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        Check(CanWrite);
        _table.Locked(() =>
        {
            MemoryStream content = _node.Content;
            content.Position = _position;
            content.Write(buffer, offset, count);
            _position += count;
            _written = true;
            _table.Touch(_node);
            return 0;
        });
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    /// <inheritdoc/>
    public override void SetLength(long value)
    {
        Check(CanWrite);
        _table.Locked(() =>
        {
            _node.Content.SetLength(value);
            _position = Math.Min(_position, value);
            _written = true;
            _table.Touch(_node);
            return 0;
        });
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed)
        {
            _closed = true;
            _table.Closed(_node, this, _written);
        }

        base.Dispose(disposing);
    }

    private void Check(bool allowed)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (!allowed)
        {
            throw new NotSupportedException("the file was not opened for this");
        }
    }
}
