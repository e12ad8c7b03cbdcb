using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Firebreak.Lab.Machines;

/// <summary>IPv4 addresses from first to last, in host byte order.</summary>
/// <param name="First">First address.</param>
/// <param name="Last">Last address.</param>
public readonly record struct AddressRange(uint First, uint Last)
{
    /// <summary>All addresses.</summary>
    public static AddressRange Any { get; } = new(0, uint.MaxValue);

    /// <summary>Whether all addresses are in it.</summary>
    public bool IsAny => this == Any;

    /// <summary>One address.</summary>
    public static AddressRange Of(IPAddress address)
    {
        uint number = ToNumber(address);
        return new(number, number);
    }

    /// <summary>An address and a prefix length.</summary>
    public static AddressRange Of(uint address, int prefix)
    {
        uint mask = prefix == 0 ? 0 : uint.MaxValue << (32 - prefix);
        return new(address & mask, (address & mask) | ~mask);
    }

    /// <summary>Reads a.b.c.d, a.b.c.d/prefix, a.b.c.d/mask, a.b.c.d-e.f.g.h, any or *.</summary>
    public static bool TryParse(string text, out AddressRange range)
    {
        range = Any;
        if (text is "*" || text.Equals("any", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        string[] ends = text.Split('-');
        if (ends.Length == 2)
        {
            bool both = TryAddress(ends[0], out uint from) & TryAddress(ends[1], out uint to);
            range = new(from, to);
            return both && from <= to;
        }

        string[] parts = text.Split('/');
        if (parts.Length > 2 || !TryAddress(parts[0], out uint address))
        {
            return false;
        }

        int prefix = 32;
        if (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out prefix))
        {
            if (!TryAddress(parts[1], out uint mask) || !IsMask(mask))
            {
                return false;
            }

            prefix = BitPrefix(mask);
        }

        range = prefix is >= 0 and <= 32 ? Of(address, prefix) : default;
        return prefix is >= 0 and <= 32;
    }

    /// <summary>An IPv4 address as a number.</summary>
    public static uint ToNumber(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.MapToIPv4().GetAddressBytes());

    /// <summary>Whether the address is in it.</summary>
    public bool Contains(IPAddress address) => ToNumber(address) is var number && number >= First && number <= Last;

    internal static bool IsMask(uint mask) => (~mask & (~mask + 1)) == 0;

    internal static int BitPrefix(uint mask) => System.Numerics.BitOperations.PopCount(mask);

    internal static bool TryAddress(string text, out uint number)
    {
        number = 0;
        if (text.Split('.').Length != 4 || !IPAddress.TryParse(text, out IPAddress? address) || address.AddressFamily != AddressFamily.InterNetwork)
        {
            return false;
        }

        number = ToNumber(address);
        return true;
    }
}
