using Firebreak.Lab.Engine.Cmdlets.Wmi;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.Management.ManagementDateTimeConverter]; local time is the machine's.</summary>
public static class LabDateConverter
{
    /// <summary>Local time of a date of WMI.</summary>
    public static DateTime ToDateTime(string dmtfDate) =>
        DateTime.SpecifyKind(WmiDate.FromDmtf(dmtfDate).ToOffset(SessionContext.Current.Machine.Os.UtcOffset).DateTime, DateTimeKind.Local);

    /// <summary>Date of WMI of a local time.</summary>
    public static string ToDmtfDateTime(DateTime date)
    {
        TimeSpan offset = date.Kind == DateTimeKind.Utc ? TimeSpan.Zero : SessionContext.Current.Machine.Os.UtcOffset;
        return WmiDate.ToDmtf(new DateTimeOffset(DateTime.SpecifyKind(date, DateTimeKind.Unspecified), offset).ToOffset(SessionContext.Current.Machine.Os.UtcOffset));
    }

    /// <summary>An interval of WMI: ddddddddHHMMSS.mmmmmm:000.</summary>
    public static TimeSpan ToTimeSpan(string dmtfTimespan) => new(
        int.Parse(dmtfTimespan[..8], System.Globalization.CultureInfo.InvariantCulture), int.Parse(dmtfTimespan[8..10], System.Globalization.CultureInfo.InvariantCulture),
        int.Parse(dmtfTimespan[10..12], System.Globalization.CultureInfo.InvariantCulture), int.Parse(dmtfTimespan[12..14], System.Globalization.CultureInfo.InvariantCulture));
}
