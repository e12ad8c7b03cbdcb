using System.Text;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>Names that -Encoding knows in Windows PowerShell.</summary>
public enum FileEncoding
{
    /// <summary>Not given.</summary>
    Unknown,

    /// <summary>UTF-16.</summary>
    String,

    /// <summary>UTF-16.</summary>
    Unicode,

    /// <summary>Bytes, not text.</summary>
    Byte,

    /// <summary>UTF-16, big-endian.</summary>
    BigEndianUnicode,

    /// <summary>UTF-8; written with a byte order mark.</summary>
    UTF8,

    /// <summary>UTF-32.</summary>
    UTF32,

    /// <summary>ASCII.</summary>
    Ascii,

    /// <summary>The system's ANSI code page.</summary>
    Default,

    /// <summary>The system's OEM code page.</summary>
    Oem,
}
