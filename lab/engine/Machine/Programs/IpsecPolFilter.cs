using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>
/// A filter as ipsecpol writes it: SOURCE[/MASK][:PORT]=DESTINATION[/MASK][:PORT][:PROTOCOL]; + instead of = for both
/// directions, 0 = me, * = any, a.b.* = a network by whole numbers; in [] it blocks, in () it passes (dynamic mode).
/// </summary>
/// <param name="Stored">The filter.</param>
/// <param name="Block">What its brackets say; null: it has none.</param>
internal sealed record IpsecPolFilter(IpsecStoredFilter Stored, bool? Block)
{
    /// <exception cref="FormatException">No such filter.</exception>
    public static IpsecPolFilter Parse(string text, Machine machine)
    {
        bool? block = null;
        string inner = text;
        if (text.Length > 2 && (text[0], text[^1]) is ('[', ']') or ('(', ')'))
        {
            block = text[0] == '[';
            inner = text[1..^1];
        }

        int sign = inner.IndexOfAny(['=', '+']);
        if (sign <= 0 || sign == inner.Length - 1)
        {
            throw new FormatException($"bad filter {text}");
        }

        string[] left = inner[..sign].Split(':');
        string[] right = inner[(sign + 1)..].Split(':');
        if (left.Length > 2 || right.Length > 3)
        {
            throw new FormatException($"bad filter {text}");
        }

        // The port comes before the protocol; without one the place stays empty.
        int protocol = right.Length < 3 || right[2].Length == 0 ? 0 : IpsecWords.Protocol(right[2]) ?? throw new FormatException($"bad protocol in {text}");
        int sourcePort = left.Length > 1 ? Port(left[1], text) : 0;
        int destinationPort = right.Length > 1 ? Port(right[1], text) : 0;
        if ((sourcePort != 0 || destinationPort != 0) && protocol is not (6 or 17))
        {
            throw new FormatException($"a port needs TCP or UDP in {text}");
        }

        return new(new(Address(left[0], machine, text), Address(right[0], machine, text), protocol, sourcePort, destinationPort, inner[sign] == '+', ""), block);
    }

    private static int Port(string word, string text) => word.Length == 0 ? 0
        : int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535 ? port
        : throw new FormatException($"bad port in {text}");

    private static AddressRange? Address(string word, Machine machine, string text)
    {
        if (word == "0")
        {
            return null;
        }

        if (word == "*")
        {
            return AddressRange.Any;
        }

        string[] parts = word.Split('/');
        string[] numbers = parts[0].Split('.');
        int known = numbers.TakeWhile(n => n != "*").Count();
        if (parts.Length == 1 && known is > 0 and < 4 && numbers.Length <= 4 && numbers.Skip(known).All(n => n == "*") && numbers.Length > known
            && AddressRange.TryAddress(string.Join('.', numbers.Take(known).Concat(Enumerable.Repeat("0", 4 - known))), out uint network))
        {
            return AddressRange.Of(network, 8 * known);
        }

        if (AddressRange.TryAddress(parts[0], out _))
        {
            bool isMask = parts.Length == 1 || (parts.Length == 2 && parts[1].Contains('.', StringComparison.Ordinal));
            return isMask && AddressRange.TryParse(word, out AddressRange range) ? range : throw new FormatException($"bad address in {text}");
        }

        return parts.Length == 1 && machine.Network.Lan?.Find(word) is { } other
            ? AddressRange.Of(other.Address)
            : throw new FormatException($"the name {word} cannot be resolved");
    }
}
