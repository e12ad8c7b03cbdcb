using System.Buffers.Binary;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>
/// The REG_BINARY ipsecData of a filter list: the class id of a filter list, length, count, then per filter its names, id, mirror
/// flag, addresses, protocol and ports. The order of the fields follows the documented filter structure; that the bytes equal
/// those of a real Windows is not established.
/// </summary>
internal static class IpsecFilterData
{
    private static readonly Guid s_listClass = new("80dc20b5-2ec8-11d1-a89e-00a0248d3021");

    public static byte[] Encode(IReadOnlyList<IpsecStoredFilter> filters)
    {
        using MemoryStream body = new();
        using BinaryWriter writer = new(body);
        writer.Write(filters.Count);
        foreach (IpsecStoredFilter filter in filters)
        {
            byte[] text = Encoding.Unicode.GetBytes(filter.Description + "\0");
            writer.Write(text.Length);
            writer.Write(text);
            writer.Write(filter.Mirrored ? 1 : 0);
            Address(writer, filter.Source);
            Address(writer, filter.Destination);
            writer.Write(filter.Protocol);
            writer.Write((ushort)filter.SourcePort);
            writer.Write((ushort)filter.DestinationPort);
        }

        byte[] data = new byte[20 + body.Length];
        s_listClass.TryWriteBytes(data);
        BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(16), (int)body.Length);
        body.ToArray().CopyTo(data, 20);
        return data;
    }

    public static IReadOnlyList<IpsecStoredFilter> Decode(byte[] data)
    {
        List<IpsecStoredFilter> filters = [];
        try
        {
            using BinaryReader reader = new(new MemoryStream(data, 20, data.Length - 20));
            int count = reader.ReadInt32();
            for (int i = 0; i < count; i++)
            {
                string description = Encoding.Unicode.GetString(reader.ReadBytes(reader.ReadInt32())).TrimEnd('\0');
                bool mirrored = reader.ReadInt32() != 0;
                AddressRange? source = Address(reader);
                AddressRange? destination = Address(reader);
                filters.Add(new(source, destination, reader.ReadInt32(), reader.ReadUInt16(), reader.ReadUInt16(), mirrored, description));
            }
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            // Damaged data brings no filter into force; what could be read does, as PolicyAgent skips what it cannot parse.
        }

        return filters;
    }

    private static void Address(BinaryWriter writer, AddressRange? range)
    {
        writer.Write(range is null ? 1 : 0);
        writer.Write(range?.First ?? 0);
        writer.Write(range?.Last ?? 0);
    }

    private static AddressRange? Address(BinaryReader reader)
    {
        bool me = reader.ReadInt32() != 0;
        AddressRange range = new(reader.ReadUInt32(), reader.ReadUInt32());
        return me ? null : range;
    }
}
