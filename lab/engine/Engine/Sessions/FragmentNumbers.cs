using System.Buffers.Binary;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>
/// Object ids of PSRP fragments (MS-PSRP 2.2.4), counted for each session from 1. On Windows every session has a process
/// of its own, so that a client sees no gap; here all sessions share the engine's one counter.
/// </summary>
internal sealed class FragmentNumbers
{
    private const int HeaderLength = 21;
    private const int LengthAt = 17;
    private const int FlagsAt = 16;
    private const byte End = 2;

    private readonly Dictionary<long, long> _open = [];
    private long _last;

    /// <summary>Puts the session's own object id into a fragment.</summary>
    public void Renumber(byte[] fragment)
    {
        if (fragment.Length < HeaderLength)
        {
            return;
        }
        Span<byte> id = fragment.AsSpan(0, 8);
        long engines = BinaryPrimitives.ReadInt64BigEndian(id);
        if (!_open.TryGetValue(engines, out long own))
        {
            own = ++_last;
            _open[engines] = own;
        }
        BinaryPrimitives.WriteInt64BigEndian(id, own);
        if ((fragment[FlagsAt] & End) != 0)
        {
            _open.Remove(engines);
        }
    }

    /// <summary>The fragments that follow each other in <paramref name="data"/>.</summary>
    public static IEnumerable<byte[]> Split(byte[] data)
    {
        int at = 0;
        while (data.Length - at >= HeaderLength)
        {
            int length = HeaderLength + BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(at + LengthAt, 4));
            if (length > data.Length - at)
            {
                break;
            }
            yield return data[at..(at + length)];
            at += length;
        }
    }
}
