using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>A job of the AT service.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Command">Its command line.</param>
/// <param name="At">Local time of its next run.</param>
public sealed record AtJob(int Id, string Command, DateTimeOffset At);

/// <summary>
/// Jobs of the AT service (at.exe, Win32_ScheduledJob): run once as SYSTEM at a minute of the day, today or tomorrow; one that
/// falls due while the machine is down is not made up for. They are tasks named AtN.
/// </summary>
public static class AtJobs
{
    private const int LastSupportedBuild = 9199;

    /// <summary>Whether the system still has the service: not from Windows 8 and Server 2012 on.</summary>
    public static bool IsSupported(Machine machine) => !machine.Os.Is9x && machine.Os.Build <= LastSupportedBuild;

    /// <summary>All jobs by number.</summary>
    public static IReadOnlyList<AtJob> All(Machine machine) =>
    [
        .. machine.Tasks.All
            .Select(t => (Task: t, Id: IdOf(t.Definition.Name)))
            .Where(t => t.Id is not null)
            .Select(t => new AtJob(t.Id!.Value, $"{t.Task.Definition.Execute} {t.Task.Definition.Arguments}".TrimEnd(), (t.Task.NextRunTime ?? machine.Clock.UtcNow).ToOffset(machine.Os.UtcOffset)))
            .OrderBy(j => j.Id),
    ];

    /// <summary>Adds a job for the next time it is that late.</summary>
    /// <returns>Its number.</returns>
    /// <exception cref="LabWin32Exception">50: not supported; 1062: the scheduler does not run.</exception>
    public static int Add(Machine machine, TimeOnly time, string command)
    {
        if (!IsSupported(machine))
        {
            throw new LabWin32Exception(50, "The request is not supported.");
        }

        if (!machine.Services.IsRunning("Schedule"))
        {
            throw new LabWin32Exception(1062, "The service has not been started.");
        }

        // A trigger has hours and minutes, no seconds.
        DateTimeOffset now = machine.LocalNow;
        DateTimeOffset due = new(now.Date.AddHours(time.Hour).AddMinutes(time.Minute), now.Offset);
        due = due > now ? due : due.AddDays(1);
        (string program, string rest) = CommandLine.SplitProgram(command);
        int id = Enumerable.Range(1, int.MaxValue - 1).First(i => machine.Tasks.Get(NameOf(i)) is null);
        machine.Tasks.Register(
            new TaskDefinition { Name = NameOf(id), Execute = program, Arguments = rest, Once = [due.ToUniversalTime()], DeleteAfterRun = true, ExecutionTimeLimit = TimeSpan.FromHours(72) },
            force: false);
        return id;
    }

    /// <summary>Takes a job away.</summary>
    /// <exception cref="LabWin32Exception">There is none.</exception>
    public static void Delete(Machine machine, int id)
    {
        if (machine.Tasks.Get(NameOf(id)) is null)
        {
            throw new LabWin32Exception(3806, "The AT job ID does not exist.");
        }

        machine.Tasks.Delete(NameOf(id));
    }

    private static string NameOf(int id) => $@"\At{id.ToString(CultureInfo.InvariantCulture)}";

    private static int? IdOf(string name) =>
        name.StartsWith(@"\At", StringComparison.OrdinalIgnoreCase) && int.TryParse(name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;
}
