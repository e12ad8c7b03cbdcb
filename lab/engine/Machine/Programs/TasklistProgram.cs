using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>tasklist.exe /fo table|csv|list /nh /fi "imagename|pid eq X".</summary>
internal sealed class TasklistProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        string format = "table";
        bool header = true;
        IEnumerable<LabProcess> processes = machine.Processes.All;
        Slashes reader = new(arguments);
        while (reader.Next(out string argument))
        {
            switch (argument.ToLowerInvariant())
            {
                case "/fo":
                    format = reader.Value()?.ToLowerInvariant() ?? "";
                    if (format is not ("table" or "csv"))
                    {
                        return format == "list" ? throw new LabRefusalException("tasklist /fo list") : new(1, "", "ERROR: Invalid syntax.\r\n");
                    }

                    break;
                case "/nh":
                    header = false;
                    break;
                case "/fi" when reader.Value()?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var field, var op, var value] && op.Equals("eq", StringComparison.OrdinalIgnoreCase):
                    processes = field.ToLowerInvariant() switch
                    {
                        "imagename" => processes.Where(p => Wildcard.Matches(value, p.Name)),
                        "pid" => processes.Where(p => p.Id.ToString(System.Globalization.CultureInfo.InvariantCulture) == value),
                        _ => throw new LabRefusalException($"tasklist filter {field}"),
                    };
                    break;
                case "/fi" or "/s" or "/u" or "/p" or "/m" or "/v" or "/svc" or "/apps" or "/?":
                    throw new LabRefusalException($"tasklist {argument}");
                default:
                    return new(1, "", "ERROR: Invalid syntax.\r\n");
            }
        }

        LabProcess[] shown = [.. processes];
        if (shown.Length == 0)
        {
            return new(0, "INFO: No tasks are running which match the specified criteria.\r\n");
        }

        StringBuilder output = new();
        if (header)
        {
            output.Append(format == "csv" ? "\"Image Name\",\"PID\",\"Session Name\",\"Session#\",\"Mem Usage\"\r\n" : $"\r\n{"Image Name",-25} {"PID",8} Session#\r\n");
        }

        foreach (LabProcess process in shown)
        {
            output.Append(format == "csv"
                ? $"\"{process.Name}\",\"{process.Id}\",\"Services\",\"{process.SessionId}\",\"4,096 K\"\r\n"
                : $"{process.Name,-25} {process.Id,8} {process.SessionId,8}\r\n");
        }

        return new(0, output.ToString());
    }
}
