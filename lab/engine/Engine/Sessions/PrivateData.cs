using System.Buffers.Binary;
using System.Text;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>
/// The APPLICATION_PRIVATE_DATA message (MS-PSRP 2.2.2.13). The engine puts its own version into it at the last moment, the
/// same for all machines; here it becomes the machine's.
/// </summary>
internal static class PrivateData
{
    private const int HeaderLength = 21;
    private const int LengthAt = 17;
    private const int FlagsAt = 16;
    private const byte WholeMessage = 3;

    /// <summary>Replaces the version in the fragment that holds the whole message; any other fragment stays as it is.</summary>
    public static byte[] WithVersion(byte[] fragment, Version own, Version machine)
    {
        if (fragment.Length < HeaderLength || fragment[FlagsAt] != WholeMessage)
        {
            return fragment;
        }
        // Latin-1 keeps every byte of the message header and of the UTF-8 text as one character.
        string text = Encoding.Latin1.GetString(fragment, HeaderLength, fragment.Length - HeaderLength);
        int key = text.IndexOf(">PSVersion<", StringComparison.Ordinal);
        string old = $">{own}<";
        int at = key < 0 ? -1 : text.IndexOf(old, key, StringComparison.Ordinal);
        if (at < 0)
        {
            return fragment;
        }
        byte[] blob = Encoding.Latin1.GetBytes(string.Concat(text.AsSpan(0, at), $">{machine}<", text.AsSpan(at + old.Length)));
        byte[] result = [.. fragment.AsSpan(0, HeaderLength), .. blob];
        BinaryPrimitives.WriteInt32BigEndian(result.AsSpan(LengthAt, 4), blob.Length);
        return result;
    }
}
