using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>at.exe [\\machine]: add HH:MM "command", list, ID /delete. Deprecated and refused from Windows 8 and Server 2012 on.</summary>
internal sealed class AtProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        if (!AtJobs.IsSupported(machine))
        {
            return new(1, "The AT command has been deprecated. Please use schtasks.exe instead.\r\n\r\nThe request is not supported.\r\n");
        }

        Machine target;
        string[] words;
        try
        {
            (target, context, words) = RemoteArgument.Take(machine, context, arguments, RemoteService.Scheduler);
        }
        catch (LabWin32Exception error)
        {
            return new(1, "", error.Message + "\r\n");
        }

        if (!context.IsAdmin)
        {
            return new(1, "", "Access is denied.\r\n");
        }

        try
        {
            return Do(target, words);
        }
        catch (LabWin32Exception error)
        {
            return new(1, "", error.Message + "\r\n");
        }
    }

    private static ProgramResult Do(Machine machine, string[] words)
    {
        string[] options = [.. words.Where(w => w.StartsWith('/'))];
        if (options.FirstOrDefault(o => o.ToLowerInvariant() is not ("/delete" or "/yes" or "/y")) is { } option)
        {
            throw new LabRefusalException($"at {option}");
        }

        string[] rest = [.. words.Where(w => !w.StartsWith('/'))];
        bool isDelete = options.Contains("/delete", StringComparer.OrdinalIgnoreCase);
        switch (rest)
        {
            case [] when !isDelete:
                IReadOnlyList<AtJob> jobs = AtJobs.All(machine);
                return new(0, jobs.Count == 0
                    ? "There are no entries in the list.\r\n"
                    : "Status ID   Day                     Time          Command Line\r\n-------------------------------------------------------------------------------\r\n"
                        + string.Concat(jobs.Select(j => $"      {j.Id,3}   {(j.At.Date == machine.LocalNow.Date ? "Today" : "Tomorrow"),-23} {j.At.ToString("HH:mm", CultureInfo.InvariantCulture),-13} {j.Command}\r\n")));
            case [] when options.Length > 1:
                foreach (AtJob job in AtJobs.All(machine))
                {
                    AtJobs.Delete(machine, job.Id);
                }

                return new(0);
            case [var number] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int id):
                if (!isDelete)
                {
                    throw new LabRefusalException("at ID without /delete");
                }

                AtJobs.Delete(machine, id);
                return new(0);
            case [var time, .. { Length: > 0 } command] when TimeOnly.TryParseExact(time, ["H:mm", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly at):
                int added = AtJobs.Add(machine, at, string.Join(' ', command));
                return new(0, $"Added a new job with job ID = {added}\r\n");
            default:
                return new(1, "", "Invalid command.\r\n");
        }
    }
}
