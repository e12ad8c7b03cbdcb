using System.Globalization;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>schtasks /query: table, csv and xml. Headers and states are in the system's language, exit codes are not.</summary>
internal static class SchtasksQuery
{
    public static ProgramResult Run(Machine machine, IReadOnlyDictionary<string, string> options)
    {
        IReadOnlyList<ScheduledTask> tasks = machine.Tasks.All;
        if (options.TryGetValue("/tn", out string? name))
        {
            string full = name.StartsWith('\\') ? name : "\\" + name;
            tasks = [.. tasks.Where(t => t.Definition.Name.Equals(full, StringComparison.OrdinalIgnoreCase) || (full.EndsWith('\\') && t.Definition.Name.StartsWith(full, StringComparison.OrdinalIgnoreCase)))];
            if (tasks.Count == 0)
            {
                return SchtasksProgram.Fail("The system cannot find the file specified.");
            }
        }

        string format = options.GetValueOrDefault("/fo", "table").ToLowerInvariant();
        if (options.ContainsKey("/xml") || format == "xml")
        {
            return new(0, string.Concat(tasks.Select(t => TaskXml.Write(machine, t.Definition))));
        }

        bool verbose = options.ContainsKey("/v");
        bool header = !options.ContainsKey("/nh");
        bool japanese = machine.Os.Language == "JPN";
        string[] names = (verbose, japanese) switch
        {
            (false, false) => ["TaskName", "Next Run Time", "Status"],
            (false, true) => ["タスク名", "次回の実行時刻", "状態"],
            (true, false) => ["HostName", "TaskName", "Next Run Time", "Status", "Logon Mode", "Last Run Time", "Last Result", "Author", "Task To Run", "Start In", "Scheduled Task State", "Run As User"],
            (true, true) => ["ホスト名", "タスク名", "次回の実行時刻", "状態", "ログオン モード", "前回の実行時刻", "前回の結果", "作成者", "実行するタスク", "開始", "スケジュールされたタスクの状態", "ユーザーとして実行"],
        };
        if (verbose && format != "csv")
        {
            throw new LabRefusalException("schtasks /query /v but for /fo csv");
        }

        StringBuilder output = new();
        switch (format)
        {
            case "csv":
                foreach (string[] row in header ? [names, .. tasks.Select(t => Row(machine, t, verbose, japanese))] : tasks.Select(t => Row(machine, t, verbose, japanese)))
                {
                    output.AppendJoin(',', row.Select(c => $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append("\r\n");
                }

                break;
            case "table":
                foreach (string[] row in header ? [names, .. tasks.Select(t => Row(machine, t, false, japanese))] : tasks.Select(t => Row(machine, t, false, japanese)))
                {
                    output.Append($"{row[0],-40} {row[1],-22} {row[2]}\r\n");
                }

                break;
            case "list":
                foreach (ScheduledTask task in tasks)
                {
                    string[] row = Row(machine, task, false, japanese);
                    output.Append($"\r\n{names[0]}: {row[0]}\r\n{names[1]}: {row[1]}\r\n{names[2]}: {row[2]}\r\n");
                }

                break;
            default:
                return SchtasksProgram.Fail("Invalid syntax. Value for '/FO' is not allowed.");
        }

        return new(0, output.ToString());
    }

    private static string[] Row(Machine machine, ScheduledTask task, bool verbose, bool japanese)
    {
        string state = (task.State, japanese) switch
        {
            ("Ready", true) => "準備完了",
            ("Running", true) => "実行中",
            ("Disabled", true) => "無効",
            _ => task.State,
        };
        string next = Time(machine, task.NextRunTime, japanese);
        TaskDefinition d = task.Definition;
        string enabled = (d.Enabled, japanese) switch { (true, false) => "Enabled", (true, true) => "有効", (false, false) => "Disabled", _ => "無効" };
        return verbose
            ? [machine.Name, d.Name, next, state, "Interactive/Background", Time(machine, task.LastRunTime, japanese), task.LastResult.ToString(CultureInfo.InvariantCulture), d.Author, (d.Execute + " " + d.Arguments).TrimEnd(), d.WorkingDirectory ?? "N/A", enabled, d.RunAs.Replace(@"NT AUTHORITY\", "", StringComparison.Ordinal)]
            : [d.Name, next, state];
    }

    private static string Time(Machine machine, DateTimeOffset? time, bool japanese) => time is not { } t ? "N/A"
        : t.ToOffset(machine.Os.UtcOffset).ToString(japanese ? "yyyy/MM/dd H:mm:ss" : "M/d/yyyy h:mm:ss tt", CultureInfo.InvariantCulture);
}
