using System.Globalization;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Dates of WMI: yyyymmddHHMMSS.mmmmmm±UUU (minutes from UTC), DMTF DSP0004 5.2.4.</summary>
internal static class WmiDate
{
    /// <summary>The text of a time at its own offset.</summary>
    public static string ToDmtf(DateTimeOffset time)
    {
        int minutes = (int)time.Offset.TotalMinutes;
        string sign = minutes < 0 ? "-" : "+";
        return time.ToString("yyyyMMddHHmmss'.'ffffff", CultureInfo.InvariantCulture) + sign + Math.Abs(minutes).ToString("000", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads such a text.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none.</exception>
    public static DateTimeOffset FromDmtf(string text)
    {
        if (text.Length != 25
            || !DateTime.TryParseExact(text[..21], "yyyyMMddHHmmss'.'ffffff", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local)
            || !int.TryParse(text[21..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int minutes))
        {
            throw new ArgumentOutOfRangeException(nameof(text), "not a date of WMI: " + text);
        }
        return new DateTimeOffset(local, TimeSpan.FromMinutes(minutes));
    }
}
