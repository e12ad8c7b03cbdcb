using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>How lab times are written.</summary>
public static class LabTime
{
    /// <summary>ISO 8601 in UTC with milliseconds.</summary>
    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
