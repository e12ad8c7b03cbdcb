using System.Globalization;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_ScheduledJob: jobs of the AT service.</summary>
internal sealed class ScheduledJobClass : WmiClass
{
    private const int TimeLength = 25;

    /// <inheritdoc/>
    public override string Name => "Win32_ScheduledJob";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["JobId"];

    /// <inheritdoc/>
    public override IReadOnlyList<WmiMethod> Methods { get; } =
    [
        new("Create", ["Command", "StartTime", "RunRepeatedly", "DaysOfWeek", "DaysOfMonth", "InteractWithDesktop"], (context, _, arguments) => Create(context, arguments)),
        new("Delete", [], (context, job, _) => Delete(context, job)),
    ];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context) =>
        AtJobs.All(context.Machine).Select(j => (IReadOnlyList<(string Name, object? Value)>)
        [
            ("Caption", j.Id.ToString(CultureInfo.InvariantCulture)),
            ("Command", j.Command),
            ("DaysOfMonth", null),
            ("DaysOfWeek", null),
            ("Description", j.Id.ToString(CultureInfo.InvariantCulture)),
            ("InteractWithDesktop", false),
            ("JobId", (uint)j.Id),
            ("JobStatus", "Success"),
            ("Name", j.Id.ToString(CultureInfo.InvariantCulture)),
            ("RunRepeatedly", false),
            ("StartTime", "********" + WmiDate.ToDmtf(j.At)[8..]),
        ]);

    private static WmiResult Create(SessionContext context, IReadOnlyDictionary<string, object?> arguments)
    {
        string command = Convert.ToString(arguments.GetValueOrDefault("Command"), CultureInfo.InvariantCulture) ?? "";
        string start = Convert.ToString(arguments.GetValueOrDefault("StartTime"), CultureInfo.InvariantCulture) ?? "";
        bool repeats = arguments.GetValueOrDefault("RunRepeatedly") is true || IsDay(arguments.GetValueOrDefault("DaysOfWeek")) || IsDay(arguments.GetValueOrDefault("DaysOfMonth"));
        if (repeats || arguments.GetValueOrDefault("InteractWithDesktop") is true)
        {
            throw new LabRefusalException("jobs of Win32_ScheduledJob that repeat, or show a window");
        }
        if (command.Length == 0 || TimeOf(start) is not { } time)
        {
            return new WmiResult([("JobId", null), ("ReturnValue", 21U)]);
        }
        if (!context.Program.IsAdmin)
        {
            return new WmiResult([("JobId", null), ("ReturnValue", 2U)]);
        }
        try
        {
            TimeSpan local = time.ToOffset(context.Machine.Os.UtcOffset).TimeOfDay;
            return new WmiResult([("JobId", (uint)AtJobs.Add(context.Machine, TimeOnly.FromTimeSpan(local), command)), ("ReturnValue", 0U)]);
        }
        catch (LabWin32Exception error)
        {
            // 1 not supported, 22 service not started
            return new WmiResult([("JobId", null), ("ReturnValue", error.Code switch { 50 => 1U, 1062 => 22U, _ => 8U })]);
        }
    }

    private static bool IsDay(object? mask) => mask is not null && Convert.ToUInt32(mask, CultureInfo.InvariantCulture) != 0;

    // ********HHMMSS.mmmmmm±UUU: a time of day with its offset from UTC.
    private static DateTimeOffset? TimeOf(string text)
    {
        if (text.Length != TimeLength || text[..8] != "********")
        {
            return null;
        }
        try
        {
            return WmiDate.FromDmtf("20000102" + text[8..].Replace('*', '0'));
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static WmiResult Delete(SessionContext context, WmiInstance? job)
    {
        int id = Convert.ToInt32(job?["JobId"] ?? throw WmiException.InvalidMethod(), CultureInfo.InvariantCulture);
        if (!context.Program.IsAdmin)
        {
            return WmiResult.Code(2);
        }
        AtJobs.Delete(context.Machine, id);
        return WmiResult.Code(0);
    }
}
