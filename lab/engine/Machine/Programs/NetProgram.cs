namespace Firebreak.Lab.Machines;

/// <summary>net.exe start, stop, accounts (shows the policy) and use (administrative shares of other machines, without a drive letter).</summary>
internal sealed class NetProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        string verb = arguments.Count > 0 ? arguments[0].ToLowerInvariant() : "";
        if (verb == "use")
        {
            return NetUse.Run(machine, [.. arguments.Skip(1)], context);
        }

        if (verb == "accounts" && arguments.Count == 1)
        {
            return new(0, machine.Accounts.PolicyText());
        }

        if (verb == "start" && arguments.Count == 1)
        {
            IEnumerable<string> names = machine.Services.All.Where(s => s.State == ServiceState.Running).Select(s => s.DisplayName).Order(StringComparer.OrdinalIgnoreCase);
            return new(0, "These Windows services are started:\r\n\r\n" + string.Concat(names.Select(n => $"   {n}\r\n")) + "\r\nThe command completed successfully.\r\n\r\n");
        }

        if (verb is not ("start" or "stop") || arguments.Count is < 2 or > 3)
        {
            throw new LabRefusalException($"net {string.Join(' ', arguments)}");
        }

        bool yes = arguments.Count == 3 && arguments[2].Equals("/y", StringComparison.OrdinalIgnoreCase);
        if (arguments.Count == 3 && !yes)
        {
            return new(1, "", "The syntax of this command is incorrect.\r\n");
        }

        if (!context.IsAdmin)
        {
            return new(2, "", "System error 5 has occurred.\r\n\r\nAccess is denied.\r\n");
        }

        ServiceEntry? service = machine.Services.Get(arguments[1])
            ?? machine.Services.All.FirstOrDefault(s => s.DisplayName.Equals(arguments[1], StringComparison.OrdinalIgnoreCase));
        if (service is null)
        {
            return new(2, "", "The service name is invalid.\r\n\r\nMore help is available by typing NET HELPMSG 2185.\r\n");
        }

        try
        {
            if (verb == "start")
            {
                machine.Services.Start(service.Name);
            }
            else
            {
                machine.Services.Stop(service.Name, yes);
            }
        }
        catch (LabWin32Exception e)
        {
            return new(2, "", $"{e.Message}\r\n\r\nSystem error {e.Code} has occurred.\r\n");
        }

        return new(0, $"The {service.DisplayName} service was {(verb == "start" ? "started" : "stopped")} successfully.\r\n");
    }
}
