using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>sc.exe [\\machine] query, queryex, qc, qfailure, start, stop, config start= binPath=, create, delete, failure reset= actions=.</summary>
internal sealed class ScProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        Machine target;
        string[] words;
        try
        {
            (target, context, words) = RemoteArgument.Take(machine, context, arguments, RemoteService.ServiceControl);
        }
        catch (LabWin32Exception e)
        {
            return new(e.Code, $"[SC] OpenSCManager FAILED {e.Code}:\r\n\r\n{e.Message}\r\n");
        }

        string verb = words.Length > 0 ? words[0].ToLowerInvariant() : "";
        if (verb is "sdshow" or "sdset" or "description" or "qdescription" or "pause" or "continue" or "control" or "enumdepend")
        {
            throw new LabRefusalException($"sc {verb}");
        }

        if (words.Length < 2 || verb is not ("query" or "queryex" or "qc" or "start" or "stop" or "config" or "create" or "delete" or "failure" or "qfailure"))
        {
            return verb is "query" or "queryex" ? throw new LabRefusalException("sc query of all services") : new(1639, "ERROR: Invalid syntax.\r\n");
        }

        if (verb is not ("query" or "queryex" or "qc" or "qfailure") && !context.IsAdmin)
        {
            return new(5, $"[SC] OpenService FAILED 5:\r\n\r\nAccess is denied.\r\n");
        }

        try
        {
            return Do(target, verb, words[1], words[2..]);
        }
        catch (LabWin32Exception e)
        {
            return new(e.Code, $"[SC] {Call(verb)} FAILED {e.Code}:\r\n\r\n{e.Message}\r\n");
        }
        catch (ArgumentException)
        {
            return new(1639, "ERROR: Invalid syntax.\r\n");
        }
    }

    private static string Call(string verb) => verb switch
    {
        "create" => "CreateService",
        "start" => "StartService",
        _ => verb,
    };

    private static ProgramResult Do(Machine machine, string verb, string name, string[] rest)
    {
        if (verb == "create")
        {
            return Create(machine, name, rest);
        }

        ServiceEntry service = machine.Services.Get(name) ?? throw new LabWin32Exception(1060, "The specified service does not exist as an installed service.");
        switch (verb)
        {
            case "start":
                machine.Services.Start(name);
                return new(0, Status(machine.Services.Get(name)!, true));
            case "stop":
                machine.Services.Stop(name);
                return new(0, machine.Services.Get(name) is { } stopped ? Status(stopped, false) : "");
            case "delete":
                machine.Services.Delete(name);
                return new(0, "[SC] DeleteService SUCCESS\r\n");
            case "config":
                return Config(machine, name, rest);
            case "failure":
                return Failure(machine, name, rest);
            case "qfailure":
                FailureActions actions = machine.Services.FailureOf(name);
                return new(0, $"[SC] QueryServiceConfig2 SUCCESS\r\n\r\nSERVICE_NAME: {service.Name}\r\n        RESET_PERIOD (in seconds)    : {actions.ResetSeconds}\r\n        REBOOT_MESSAGE               : \r\n        COMMAND_LINE                 : \r\n        FAILURE_ACTIONS              : {string.Join("\r\n                                       ", actions.Actions.OfType<FailureAction>().Select(a => $"{(a.IsReboot ? "REBOOT" : "RESTART")} -- Delay = {(int)a.Delay.TotalMilliseconds} milliseconds."))}\r\n");
            case "qc":
                return new(0, Describe(service));
            default:
                return new(0, Status(service, verb == "queryex"));
        }
    }

    /// <summary>The pairs "name= value", the names without =.</summary>
    /// <exception cref="ArgumentException">A value without a name, a name without its = and blank, or a name given twice.</exception>
    private static Dictionary<string, string> Pairs(string[] words)
    {
        Dictionary<string, string> pairs = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < words.Length; i += 2)
        {
            pairs.Add(words[i].EndsWith('=') && i + 1 < words.Length ? words[i][..^1] : throw new ArgumentException(words[i]), words[i + 1]);
        }

        return pairs;
    }

    private static ProgramResult Create(Machine machine, string name, string[] rest)
    {
        Dictionary<string, string> pairs = Pairs(rest);
        foreach ((string key, string value) in pairs)
        {
            switch (key.ToLowerInvariant())
            {
                case "binpath" or "displayname" or "start":
                    break;
                case "type" when value.Equals("own", StringComparison.OrdinalIgnoreCase):
                    break;
                case "error" when value.ToLowerInvariant() is "normal" or "ignore":
                    break;
                case "obj" when value.Equals("LocalSystem", StringComparison.OrdinalIgnoreCase):
                    break;
                case "type" or "error" or "obj" or "group" or "tag" or "depend" or "password":
                    throw new LabRefusalException($"sc create {key}= {value}");
                default:
                    throw new ArgumentException(key);
            }
        }

        if (!pairs.TryGetValue("binPath", out string? image))
        {
            throw new ArgumentException("binPath=");
        }

        machine.Services.Create(name, image, pairs.GetValueOrDefault("displayname"), StartOf(pairs.GetValueOrDefault("start") ?? "demand"));
        return new(0, "[SC] CreateService SUCCESS\r\n");
    }

    private static ProgramResult Config(Machine machine, string name, string[] rest)
    {
        Dictionary<string, string> pairs = Pairs(rest);
        if (pairs.Count == 0 || pairs.Keys.FirstOrDefault(k => k.ToLowerInvariant() is not ("start" or "binpath")) is not null)
        {
            throw new LabRefusalException("sc config but for start= VALUE and binPath= VALUE");
        }

        if (pairs.TryGetValue("start", out string? start))
        {
            machine.Services.SetStart(name, StartOf(start));
        }

        if (pairs.TryGetValue("binPath", out string? image))
        {
            machine.Services.SetImage(name, image);
        }

        return new(0, "[SC] ChangeServiceConfig SUCCESS\r\n");
    }

    private static ProgramResult Failure(Machine machine, string name, string[] rest)
    {
        Dictionary<string, string> pairs = Pairs(rest);
        if (pairs.Keys.FirstOrDefault(k => k.ToLowerInvariant() is not ("reset" or "actions")) is { } other)
        {
            throw new LabRefusalException($"sc failure {other}=");
        }

        if (!pairs.TryGetValue("reset", out string? reset) || !pairs.TryGetValue("actions", out string? actions))
        {
            return new(1639, "ERROR: The reset and actions options must be set simultaneously\r\n");
        }

        // restart/60000/reboot/60000: kind and milliseconds in turn; the last number may be left away.
        string[] parts = actions.Split('/');
        IEnumerable<string> words = parts.Chunk(2).Select(pair => string.Join('/', pair)).Where(w => w.Length > 0);
        int seconds = int.TryParse(reset, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number) ? number : 0;
        machine.Services.SetFailure(name, FailureActions.Parse(words, seconds));
        return new(0, "[SC] ChangeServiceConfig2 SUCCESS\r\n");
    }

    private static ServiceStart StartOf(string word) => word.ToLowerInvariant() switch
    {
        "boot" => ServiceStart.Boot,
        "system" => ServiceStart.System,
        "auto" => ServiceStart.Automatic,
        "demand" => ServiceStart.Manual,
        "disabled" => ServiceStart.Disabled,
        "delayed-auto" => throw new LabRefusalException("delayed start"),
        _ => throw new ArgumentException("start=" + word),
    };

    private static string Status(ServiceEntry service, bool extended)
    {
        StringBuilder text = new();
        text.Append($"\r\nSERVICE_NAME: {service.Name}\r\n        TYPE               : 20  WIN32_SHARE_PROCESS\r\n");
        text.Append($"        STATE              : {(int)service.State}  {(service.State == ServiceState.StartPending ? "START_PENDING" : service.State.ToString().ToUpperInvariant())}\r\n");
        text.Append("        WIN32_EXIT_CODE    : 0  (0x0)\r\n        SERVICE_EXIT_CODE  : 0  (0x0)\r\n        CHECKPOINT         : 0x0\r\n        WAIT_HINT          : 0x0\r\n");
        if (extended)
        {
            text.Append($"        PID                : {service.ProcessId}\r\n        FLAGS              : \r\n");
        }

        return text.ToString();
    }

    private static string Describe(ServiceEntry service)
    {
        string start = service.Start switch
        {
            ServiceStart.Boot => "BOOT_START",
            ServiceStart.System => "SYSTEM_START",
            ServiceStart.Automatic => "AUTO_START",
            ServiceStart.Manual => "DEMAND_START",
            _ => "DISABLED",
        };
        return $"[SC] QueryServiceConfig SUCCESS\r\n\r\nSERVICE_NAME: {service.Name}\r\n        TYPE               : 20  WIN32_SHARE_PROCESS\r\n"
            + $"        START_TYPE         : {(int)service.Start}   {start}\r\n        ERROR_CONTROL      : 1   NORMAL\r\n        BINARY_PATH_NAME   : {service.ImagePath}\r\n"
            + $"        DISPLAY_NAME       : {service.DisplayName}\r\n        DEPENDENCIES       : {string.Join(" ", service.DependsOn)}\r\n        SERVICE_START_NAME : {service.Account}\r\n";
    }
}
