using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>What of [datetime] depends on the zone: the machine's, and not that of the process that all machines share.</summary>
public static class LabDateTime
{
    /// <summary>The methods as members of every date in a session.</summary>
    internal static SessionStateTypeEntry Members()
    {
        var type = new TypeData(typeof(DateTime));
        foreach (string name in new[] { nameof(ToUniversalTime), nameof(ToLocalTime) })
        {
            MethodInfo method = typeof(LabDateTime).GetMethod(name)!;
            type.Members.Add(name, new CodeMethodData(name, method));
        }
        return new SessionStateTypeEntry(type, isRemove: false);
    }

    /// <summary>The time in UTC; one without a zone is taken for local.</summary>
    public static DateTime ToUniversalTime(PSObject instance)
    {
        var time = (DateTime)instance.BaseObject;
        return time.Kind == DateTimeKind.Utc
            ? time
            : new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Unspecified), SessionContext.Current.Machine.Os.UtcOffset).UtcDateTime;
    }

    /// <summary>The machine's local time; one without a zone is taken for UTC.</summary>
    public static DateTime ToLocalTime(PSObject instance)
    {
        var time = (DateTime)instance.BaseObject;
        return time.Kind == DateTimeKind.Local
            ? time
            : DateTime.SpecifyKind(DateTime.SpecifyKind(time, DateTimeKind.Unspecified) + SessionContext.Current.Machine.Os.UtcOffset, DateTimeKind.Local);
    }
}
