using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Firebreak.Lab.Machines;

/// <summary>Task Scheduler XML (schema 1.2), as far as the lab runs tasks: time and boot triggers, one Exec action, principals, some settings.</summary>
internal static class TaskXml
{
    private static readonly XNamespace s_ns = "http://schemas.microsoft.com/windows/2004/02/mit/task";
    private static readonly string[] s_settings =
    [
        "Enabled", "StartWhenAvailable", "ExecutionTimeLimit", "MultipleInstancesPolicy", "DisallowStartIfOnBatteries", "StopIfGoingOnBatteries", "AllowHardTerminate",
        "RunOnlyIfNetworkAvailable", "IdleSettings", "AllowStartOnDemand", "Hidden", "RunOnlyIfIdle", "WakeToRun", "Priority",
    ];

    /// <summary>Whether a user name is SYSTEM.</summary>
    public static bool IsSystem(string user) => user.ToUpperInvariant() is "" or "SYSTEM" or @"NT AUTHORITY\SYSTEM" or "S-1-5-18" or "LOCALSYSTEM";

    /// <summary>Reads a task; null with the problem if it is malformed.</summary>
    /// <exception cref="LabRefusalException">It uses what the lab has not.</exception>
    public static TaskDefinition? Parse(Machine machine, string name, string text, out string problem)
    {
        problem = "";
        XElement? task;
        try
        {
            task = XDocument.Parse(text).Root;
        }
        catch (XmlException e)
        {
            problem = e.Message;
            return null;
        }

        XElement[] actions = [.. task?.Element(s_ns + "Actions")?.Elements() ?? []];
        if (task?.Name != s_ns + "Task" || actions.Length == 0 || (actions[0].Name == s_ns + "Exec" && actions[0].Element(s_ns + "Command") is null))
        {
            problem = "(1,1)::ERROR: Actions";
            return null;
        }

        if (actions.Length > 1 || actions[0].Name != s_ns + "Exec")
        {
            throw new LabRefusalException("tasks but for those with one Exec action");
        }

        TaskDefinition definition = new()
        {
            Name = name,
            Execute = actions[0].Element(s_ns + "Command")!.Value,
            Arguments = actions[0].Element(s_ns + "Arguments")?.Value ?? "",
            WorkingDirectory = actions[0].Element(s_ns + "WorkingDirectory")?.Value,
            Author = task.Element(s_ns + "RegistrationInfo")?.Element(s_ns + "Author")?.Value ?? "",
        };
        foreach (XElement trigger in task.Element(s_ns + "Triggers")?.Elements() ?? [])
        {
            if (trigger.Element(s_ns + "Enabled")?.Value == "false")
            {
                continue;
            }

            switch (trigger.Name.LocalName)
            {
                case "BootTrigger" when trigger.Element(s_ns + "Delay") is null:
                    definition = definition with { OnStart = true };
                    break;
                case "TimeTrigger" when trigger.Element(s_ns + "Repetition") is null:
                    if (!DateTimeOffset.TryParse(trigger.Element(s_ns + "StartBoundary")?.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset start))
                    {
                        problem = "StartBoundary";
                        return null;
                    }

                    string boundary = trigger.Element(s_ns + "StartBoundary")!.Value;
                    bool local = !boundary.EndsWith('Z') && !boundary[10..].Contains('+', StringComparison.Ordinal) && !boundary[10..].Contains('-', StringComparison.Ordinal);
                    definition = definition with { Once = [.. definition.Once, local ? start - machine.Os.UtcOffset : start] };
                    break;
                default:
                    throw new LabRefusalException($"{trigger.Name.LocalName} with these settings");
            }
        }

        XElement? principal = task.Element(s_ns + "Principals")?.Element(s_ns + "Principal");
        string user = principal?.Element(s_ns + "UserId")?.Value ?? "";
        definition = definition with
        {
            RunAs = IsSystem(user) ? @"NT AUTHORITY\SYSTEM" : throw new LabRefusalException("task XML that runs as anyone but SYSTEM"),
            Highest = principal?.Element(s_ns + "RunLevel")?.Value == "HighestAvailable",
        };
        return Settings(definition, task.Element(s_ns + "Settings"));
    }

    /// <summary>Writes a task as /query /xml and Export-ScheduledTask do.</summary>
    public static string Write(Machine machine, TaskDefinition task)
    {
        XElement triggers = new(s_ns + "Triggers");
        foreach (DateTimeOffset once in task.Once)
        {
            triggers.Add(new XElement(s_ns + "TimeTrigger", new XElement(s_ns + "StartBoundary", once.ToOffset(machine.Os.UtcOffset).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)), new XElement(s_ns + "Enabled", "true")));
        }

        if (task.OnStart)
        {
            triggers.Add(new XElement(s_ns + "BootTrigger", new XElement(s_ns + "Enabled", "true")));
        }

        XElement exec = new(s_ns + "Exec", new XElement(s_ns + "Command", task.Execute));
        if (task.Arguments.Length > 0)
        {
            exec.Add(new XElement(s_ns + "Arguments", task.Arguments));
        }

        if (task.WorkingDirectory is { } folder)
        {
            exec.Add(new XElement(s_ns + "WorkingDirectory", folder));
        }

        string user = IsSystem(task.RunAs) ? "S-1-5-18" : machine.Accounts.Find(task.RunAs)?.Sid ?? task.RunAs;
        XElement root = new(
            s_ns + "Task",
            new XAttribute("version", "1.2"),
            new XElement(s_ns + "RegistrationInfo", new XElement(s_ns + "Author", task.Author), new XElement(s_ns + "URI", task.Name)),
            triggers,
            new XElement(s_ns + "Principals", new XElement(s_ns + "Principal", new XAttribute("id", "Author"), new XElement(s_ns + "UserId", user), new XElement(s_ns + "RunLevel", task.Highest ? "HighestAvailable" : "LeastPrivilege"))),
            new XElement(
                s_ns + "Settings",
                new XElement(s_ns + "MultipleInstancesPolicy", "IgnoreNew"),
                new XElement(s_ns + "StartWhenAvailable", task.StartWhenAvailable ? "true" : "false"),
                new XElement(s_ns + "ExecutionTimeLimit", task.ExecutionTimeLimit is { } limit ? XmlConvert.ToString(limit) : "PT0S"),
                new XElement(s_ns + "Enabled", task.Enabled ? "true" : "false")),
            new XElement(s_ns + "Actions", new XAttribute("Context", "Author"), exec));
        return "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n" + root + "\r\n";
    }

    private static TaskDefinition Settings(TaskDefinition definition, XElement? settings)
    {
        foreach (XElement setting in settings?.Elements() ?? [])
        {
            string name = setting.Name.LocalName;
            definition = name switch
            {
                "Enabled" => definition with { Enabled = setting.Value != "false" },
                "StartWhenAvailable" => definition with { StartWhenAvailable = setting.Value == "true" },
                "ExecutionTimeLimit" => definition with { ExecutionTimeLimit = XmlConvert.ToTimeSpan(setting.Value) is var limit && limit > TimeSpan.Zero ? limit : null },
                "MultipleInstancesPolicy" when setting.Value != "IgnoreNew" => throw new LabRefusalException($"tasks with {name} {setting.Value}"),
                "RunOnlyIfIdle" when setting.Value == "true" => throw new LabRefusalException("tasks that wait for idleness"),
                "DeleteExpiredTaskAfter" => throw new LabRefusalException("tasks that expire"),
                _ when s_settings.Contains(name) => definition,
                _ => throw new LabRefusalException($"task setting {name}"),
            };
        }

        return definition;
    }
}
