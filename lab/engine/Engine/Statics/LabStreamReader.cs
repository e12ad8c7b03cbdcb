using System.Text;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.IO.StreamReader]: a path means a file of the machine.</summary>
public sealed class LabStreamReader : StreamReader
{
    /// <summary>Reads a file.</summary>
    public LabStreamReader(string path)
        : base(LabFile.OpenRead(path), Encoding.UTF8, true)
    {
    }

    /// <summary>Reads a file.</summary>
    public LabStreamReader(string path, Encoding encoding)
        : base(LabFile.OpenRead(path), encoding, true)
    {
    }

    /// <summary>Reads a stream.</summary>
    public LabStreamReader(Stream stream)
        : base(stream)
    {
    }

    /// <summary>Reads a stream.</summary>
    public LabStreamReader(Stream stream, Encoding encoding)
        : base(stream, encoding)
    {
    }
}
