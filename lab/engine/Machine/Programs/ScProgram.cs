using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>sc.exe query, queryex, qc, start, stop, config start=.</summary>
internal sealed class ScProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        string verb = arguments.Count > 0 ? arguments[0].ToLowerInvariant() : "";
        if (verb.StartsWith(@"\\", StringComparison.Ordinal) || verb is "create" or "delete" or "failure" or "qfailure" or "sdshow" or "sdset" or "description" or "qdescription" or "pause" or "continue" or "control" or "enumdepend")
        {
            throw new LabRefusalException($"sc {verb}");
        }

        if (arguments.Count < 2 || verb is not ("query" or "queryex" or "qc" or "start" or "stop" or "config"))
        {
            return verb is "query" or "queryex" ? throw new LabRefusalException("sc query of all services") : new(1639, "ERROR: Invalid syntax.\r\n");
        }

        string name = arguments[1];
        if (verb is "start" or "stop" or "config" && !context.IsAdmin)
        {
            return new(5, $"[SC] OpenService FAILED 5:\r\n\r\nAccess is denied.\r\n");
        }

        try
        {
            ServiceEntry service = machine.Services.Get(name) ?? throw new LabWin32Exception(1060, "The specified service does not exist as an installed service.");
            switch (verb)
            {
                case "start":
                    machine.Services.Start(name);
                    return new(0, Status(machine.Services.Get(name)!, true));
                case "stop":
                    machine.Services.Stop(name);
                    return new(0, Status(machine.Services.Get(name)!, false));
                case "config":
                    return Config(machine, name, arguments.Skip(2).ToArray());
                case "qc":
                    return new(0, Describe(service));
                default:
                    return new(0, Status(service, verb == "queryex"));
            }
        }
        catch (LabWin32Exception e)
        {
            return new(e.Code, $"[SC] {verb} FAILED {e.Code}:\r\n\r\n{e.Message}\r\n");
        }
    }

    private static ProgramResult Config(Machine machine, string name, string[] arguments)
    {
        if (arguments.Length != 2 || !arguments[0].Equals("start=", StringComparison.OrdinalIgnoreCase))
        {
            throw new LabRefusalException("sc config but for start= VALUE");
        }

        ServiceStart? start = arguments[1].ToLowerInvariant() switch
        {
            "boot" => ServiceStart.Boot,
            "system" => ServiceStart.System,
            "auto" => ServiceStart.Automatic,
            "demand" => ServiceStart.Manual,
            "disabled" => ServiceStart.Disabled,
            "delayed-auto" => throw new LabRefusalException("delayed start"),
            _ => null,
        };
        if (start is null)
        {
            return new(1639, "ERROR: Invalid start= field\r\n");
        }

        machine.Services.SetStart(name, start.Value);
        return new(0, "[SC] ChangeServiceConfig SUCCESS\r\n");
    }

    private static string Status(ServiceEntry service, bool extended)
    {
        StringBuilder text = new();
        text.Append($"\r\nSERVICE_NAME: {service.Name}\r\n        TYPE               : 20  WIN32_SHARE_PROCESS\r\n");
        text.Append($"        STATE              : {(int)service.State}  {service.State.ToString().ToUpperInvariant()}\r\n");
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
