using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>schtasks.exe: create, run, end, query, delete, change. Dates are read in the format of the system's language, as the real one does.</summary>
internal sealed class SchtasksProgram : ILabProgram
{
    private const int LongestCommand = 261;

    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        if (!machine.Services.IsRunning("Schedule"))
        {
            return Fail("The Task Scheduler service is not running.");
        }

        if (arguments.Count == 0)
        {
            return SchtasksQuery.Run(machine, new Dictionary<string, string>());
        }

        string verb = arguments[0].ToLowerInvariant();
        string[]? known = verb switch
        {
            "/create" => ["/tn", "/tr", "/sc", "/st", "/sd", "/ru", "/rp", "/rl", "/f", "/z", "/xml", "/np", "/it", "/v1", "/delay"],
            "/run" => ["/tn", "/i"],
            "/end" => ["/tn"],
            "/query" => ["/tn", "/fo", "/nh", "/v", "/xml", "/hresult"],
            "/delete" => ["/tn", "/f"],
            "/change" => ["/tn", "/enable", "/disable"],
            "/showsid" or "/?" => throw new LabRefusalException($"schtasks {verb}"),
            _ => null,
        };
        if (known is null)
        {
            return Fail($"Invalid argument/option - '{arguments[0]}'.");
        }

        Dictionary<string, string> options = new(StringComparer.OrdinalIgnoreCase);
        string[] flags = verb == "/query" ? ["/nh", "/v", "/hresult"] : ["/f", "/z", "/np", "/it", "/v1", "/i", "/enable", "/disable"];
        string[] refused = ["/s", "/u", "/p", "/mo", "/d", "/m", "/ri", "/et", "/du", "/k", "/ed", "/ec", "/np", "/it", "/v1", "/i", "/delay", "/hresult"];
        Slashes reader = new([.. arguments.Skip(1)]);
        while (reader.Next(out string argument))
        {
            string name = argument.ToLowerInvariant();
            if (refused.Contains(name))
            {
                throw new LabRefusalException($"schtasks {verb} {name}");
            }

            bool optional = verb == "/query" && name == "/xml";
            string? value = flags.Contains(name) ? "" : optional ? reader.Value() ?? "" : known.Contains(name) ? reader.AnyValue() : null;
            if (value is null || !known.Contains(name) || !options.TryAdd(name, value))
            {
                return Fail($"Invalid argument/option - '{argument}'.");
            }
        }

        if (verb != "/query" && !options.ContainsKey("/tn"))
        {
            return Fail("Invalid syntax. Mandatory option '/tn' is missing.");
        }

        try
        {
            return verb switch
            {
                "/create" => Create(machine, options, context),
                "/query" => SchtasksQuery.Run(machine, options),
                _ when !context.IsAdmin => Fail("Access is denied."),
                "/run" => Do(() => machine.Tasks.Run(options["/tn"]), $"SUCCESS: Attempted to run the scheduled task \"{options["/tn"]}\"."),
                "/end" => Do(() => machine.Tasks.End(options["/tn"]), $"SUCCESS: The scheduled task \"{options["/tn"]}\" has been terminated successfully."),
                "/delete" => Delete(machine, options),
                _ => Change(machine, options),
            };
        }
        catch (LabWin32Exception e)
        {
            return Fail(e.Message);
        }
    }

    internal static ProgramResult Fail(string text) => new(1, "", $"ERROR: {text}\r\n");

    /// <summary>The format of /SD: the short date of the system's language, day and month with two digits.</summary>
    private static string DateFormat(Machine machine) => machine.Os.Culture switch
    {
        "ja-JP" => "yyyy/MM/dd",
        "en-US" => "MM/dd/yyyy",
        _ => throw new LabRefusalException($"short date of {machine.Os.Culture}"),
    };

    private static ProgramResult Do(Action action, string text)
    {
        action();
        return new(0, text + "\r\n");
    }

    private static ProgramResult Delete(Machine machine, Dictionary<string, string> options) => options.ContainsKey("/f")
        ? Do(() => machine.Tasks.Delete(options["/tn"]), $"SUCCESS: The scheduled task \"{options["/tn"]}\" was successfully deleted.")
        : throw new LabRefusalException("keyboard for schtasks to ask on: /f is missing");

    private static ProgramResult Change(Machine machine, Dictionary<string, string> options) => options.ContainsKey("/enable") == options.ContainsKey("/disable")
        ? Fail("Invalid syntax.")
        : Do(() => machine.Tasks.SetEnabled(options["/tn"], options.ContainsKey("/enable")), "SUCCESS: The parameters of the scheduled task have been changed.");

    private static ProgramResult Create(Machine machine, Dictionary<string, string> options, ProgramContext context)
    {
        if (!context.IsAdmin)
        {
            return Fail("Access is denied.");
        }

        bool force = options.ContainsKey("/f");
        string name = options["/tn"];
        if (!force && machine.Tasks.Get(name) is not null)
        {
            throw new LabRefusalException("keyboard for schtasks to ask on: the task exists and /f is missing");
        }

        TaskDefinition definition;
        string warning = "";
        if (options.TryGetValue("/xml", out string? file))
        {
            string path = machine.Files.Normalize(file, context.CurrentDirectory);
            if (!machine.Files.FileExists(path))
            {
                return Fail("The system cannot find the file specified.");
            }

            if (TaskXml.Parse(machine, name, machine.Files.ReadText(path), out string problem) is not { } parsed)
            {
                return Fail($"The task XML is malformed. {problem}");
            }

            definition = parsed;
        }
        else
        {
            if (!options.TryGetValue("/tr", out string? command) || !options.TryGetValue("/sc", out string? schedule))
            {
                return Fail($"Invalid syntax. Mandatory option '{(options.ContainsKey("/tr") ? "sc" : "tr")}' is missing.");
            }

            if (command.Length > LongestCommand)
            {
                return Fail($"Value for '/TR' option cannot be more than {LongestCommand} character(s).");
            }

            (string program, string rest) = CommandLine.SplitProgram(command.Replace('\'', '"'));
            definition = new TaskDefinition { Name = name, Execute = program, Arguments = rest, Author = context.Account };
            switch (schedule.ToLowerInvariant())
            {
                case "once":
                    if (Start(machine, options, out DateTimeOffset start) is { } problem)
                    {
                        return Fail(problem);
                    }

                    definition = definition with { Once = [start] };
                    if (start <= machine.Clock.UtcNow)
                    {
                        warning = "WARNING: The task may not run because /ST is earlier than current time.\r\n";
                    }

                    break;
                case "onstart" when options.ContainsKey("/st"):
                    return Fail("Invalid syntax. /ST option is not allowed with ONSTART.");
                case "onstart":
                    definition = definition with { OnStart = true };
                    break;
                case "minute" or "hourly" or "daily" or "weekly" or "monthly" or "onlogon" or "onidle" or "onevent":
                    throw new LabRefusalException($"schtasks /sc {schedule}");
                default:
                    return Fail($"Invalid Schedule Type specified.");
            }
        }

        if (Account(machine, options, context, definition) is not { } owned)
        {
            return Fail("No mapping between account names and security IDs was done.");
        }

        machine.Tasks.Register(owned with { DeleteAfterRun = owned.DeleteAfterRun || options.ContainsKey("/z") }, force);
        return new(0, $"{warning}SUCCESS: The scheduled task \"{name}\" has successfully been created.\r\n");
    }

    private static TaskDefinition? Account(Machine machine, Dictionary<string, string> options, ProgramContext context, TaskDefinition definition)
    {
        if (options.TryGetValue("/rl", out string? level))
        {
            if (level.ToLowerInvariant() is not ("highest" or "limited"))
            {
                throw new LabWin32Exception(87, "Invalid value for /RL.");
            }

            definition = definition with { Highest = level.Equals("highest", StringComparison.OrdinalIgnoreCase) };
        }

        if (!options.TryGetValue("/ru", out string? user))
        {
            return options.ContainsKey("/xml") ? definition : definition with { RunAs = context.Account };
        }

        if (TaskXml.IsSystem(user))
        {
            return definition with { RunAs = @"NT AUTHORITY\SYSTEM" };
        }

        if (machine.Accounts.Find(user) is not { } account)
        {
            return null;
        }

        return options.TryGetValue("/rp", out string? password) && machine.Accounts.Logon(user, password, LogonKind.Interactive).Granted
            ? definition with { RunAs = $@"{machine.Name}\{account.Name}" }
            : throw new LabWin32Exception(1326, "The user name or password is incorrect.");
    }

    private static string? Start(Machine machine, Dictionary<string, string> options, out DateTimeOffset start)
    {
        start = default;
        if (!options.TryGetValue("/st", out string? time) || !TimeOnly.TryParseExact(time, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly at))
        {
            return time is null ? "Invalid syntax. /ST option is missing." : "Invalid Starttime value.";
        }

        DateOnly day = DateOnly.FromDateTime(machine.LocalNow.DateTime);
        if (options.TryGetValue("/sd", out string? date) && !DateOnly.TryParseExact(date, DateFormat(machine), CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
        {
            return "Invalid Startdate value.";
        }

        start = new DateTimeOffset(day.ToDateTime(at), machine.Os.UtcOffset).ToUniversalTime();
        return null;
    }
}
