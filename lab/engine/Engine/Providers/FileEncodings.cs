using System.Text;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>What the names of -Encoding mean on a machine.</summary>
internal static class FileEncodings
{
    /// <summary>The encoding; what is not given is ANSI, as in Windows PowerShell.</summary>
    public static Encoding Of(FileEncoding name) => name switch
    {
        FileEncoding.String or FileEncoding.Unicode => Encoding.Unicode,
        FileEncoding.BigEndianUnicode => Encoding.BigEndianUnicode,
        FileEncoding.UTF8 => new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        FileEncoding.UTF32 => Encoding.UTF32,
        FileEncoding.Ascii => Encoding.ASCII,
        FileEncoding.Oem => Encoding.GetEncoding(SessionContext.Current.Ansi.CodePage == 932 ? 932 : 437),
        _ => SessionContext.Current.Ansi,
    };
}
