using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>taskkill.exe /pid N /im NAME /f /t.</summary>
internal sealed class TaskkillProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        List<int> ids = [];
        List<string> names = [];
        bool tree = false;
        Slashes reader = new(arguments);
        while (reader.Next(out string argument))
        {
            switch (argument.ToLowerInvariant())
            {
                case "/pid" when int.TryParse(reader.Value(), NumberStyles.None, CultureInfo.InvariantCulture, out int id):
                    ids.Add(id);
                    break;
                case "/im" when reader.Value() is { } name:
                    names.Add(name);
                    break;
                case "/f":
                    break;
                case "/t":
                    tree = true;
                    break;
                case "/s" or "/u" or "/p" or "/fi" or "/?":
                    throw new LabRefusalException($"taskkill {argument}");
                default:
                    return new(1, "", "ERROR: Invalid syntax.\r\n");
            }
        }

        if (ids.Count + names.Count == 0)
        {
            return new(1, "", "ERROR: Invalid syntax. Neither /FI nor /PID nor /IM were specified.\r\n");
        }

        List<LabProcess> targets = [.. machine.Processes.All.Where(p => ids.Contains(p.Id) || names.Any(n => Wildcard.Matches(n, p.Name)))];
        if (targets.Count == 0)
        {
            return new(128, "", "ERROR: The process was not found.\r\n");
        }

        if (!context.IsAdmin)
        {
            return new(1, "", "ERROR: Access is denied.\r\n");
        }

        for (int i = 0; tree && i < targets.Count; i++)
        {
            targets.AddRange(machine.Processes.All.Where(p => p.ParentId == targets[i].Id && !targets.Contains(p)));
        }

        try
        {
            foreach (LabProcess target in targets)
            {
                machine.Processes.Kill(target.Id);
            }
        }
        catch (UnauthorizedAccessException)
        {
            return new(1, "", "ERROR: The process could not be terminated.\r\nReason: Access is denied.\r\n");
        }

        return new(0, "SUCCESS: The process has been terminated.\r\n");
    }
}
