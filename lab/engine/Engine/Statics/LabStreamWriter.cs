using System.Text;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.IO.StreamWriter]: a path means a file of the machine; lines end as on Windows.</summary>
public sealed class LabStreamWriter : StreamWriter
{
    /// <summary>Writes a file anew.</summary>
    public LabStreamWriter(string path)
        : this(path, false)
    {
    }

    /// <summary>Writes a file.</summary>
    public LabStreamWriter(string path, bool append)
        : this(path, append, new UTF8Encoding(false))
    {
    }

    /// <summary>Writes a file.</summary>
    public LabStreamWriter(string path, bool append, Encoding encoding)
        : base(new LabStream(path, append ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read), encoding) => NewLine = "\r\n";

    /// <summary>Writes a stream.</summary>
    public LabStreamWriter(Stream stream)
        : base(stream) => NewLine = "\r\n";

    /// <summary>Writes a stream.</summary>
    public LabStreamWriter(Stream stream, Encoding encoding)
        : base(stream, encoding) => NewLine = "\r\n";
}
