using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>Words of IPsec filters.</summary>
internal static class IpsecWords
{
    /// <summary>Protocol number of a word or number (0 = any), or null.</summary>
    public static int? Protocol(string text) => text.ToUpperInvariant() switch
    {
        "ANY" => 0,
        "ICMP" => 1,
        "TCP" => 6,
        "UDP" => 17,
        "RAW" => 255,
        _ => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) ? number : null,
    };

    public static string Protocol(int number) => number switch
    {
        0 => "ANY",
        1 => "ICMP",
        6 => "TCP",
        17 => "UDP",
        255 => "RAW",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    public static string Address(AddressRange? range) => range switch
    {
        null => "<My IP Address>",
        { IsAny: true } => "<Any IP Address>",
        { } r when r.First == r.Last => Dotted(r.First),
        { } r => $"{Dotted(r.First)}-{Dotted(r.Last)}",
    };

    private static string Dotted(uint number) => $"{number >> 24}.{(number >> 16) & 255}.{(number >> 8) & 255}.{number & 255}";
}
