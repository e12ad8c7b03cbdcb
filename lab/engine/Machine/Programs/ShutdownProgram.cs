using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>shutdown.exe /r /s /a /f /t /c /d /m \\machine, as from XP on.</summary>
internal sealed class ShutdownProgram : ILabProgram
{
    private const int Usage = 1;

    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        bool restart = false;
        bool stop = false;
        bool abort = false;
        long seconds = 30;
        string? other = null;
        string? message = null;
        Slashes reader = new([.. arguments.Select(a => a.Length > 1 && a[0] == '-' ? "/" + a[1..] : a)]);
        while (reader.Next(out string argument))
        {
            switch (argument.ToLowerInvariant())
            {
                case "/r":
                    restart = true;
                    break;
                case "/s":
                    stop = true;
                    break;
                case "/a":
                    abort = true;
                    break;
                case "/f":
                    break;
                case "/t":
                    if (!long.TryParse(reader.Value(), NumberStyles.None, CultureInfo.InvariantCulture, out seconds) || seconds > 315_360_000)
                    {
                        return new(Usage, "", "Usage: shutdown [/i | /l | /s | /r | /a | /t xxx]\r\n");
                    }

                    break;
                case "/c":
                    message = reader.AnyValue();

                    // 127 characters until Server 2003.
                    if (message is null || message.Length > (machine.Os.IsLegacy ? 127 : 512))
                    {
                        return new(Usage);
                    }

                    break;
                case "/d":
                    if (reader.Value() is not { } reason || !System.Text.RegularExpressions.Regex.IsMatch(reason, @"^([pu]:)?\d{1,2}:\d{1,2}$", System.Text.RegularExpressions.RegexOptions.IgnoreCase))
                    {
                        return new(Usage);
                    }

                    break;
                case "/m":
                    other = reader.AnyValue();
                    if (other is null)
                    {
                        return new(Usage);
                    }

                    break;
                case "/i" or "/l" or "/sg" or "/g" or "/p" or "/h" or "/hybrid" or "/fw" or "/e" or "/o" or "/?":
                    throw new LabRefusalException($"shutdown {argument}");
                default:
                    return new(Usage, "", "Usage: shutdown [/i | /l | /s | /r | /a | /t xxx]\r\n");
            }
        }

        if (machine.Os.Number < new Version(5, 1))
        {
            throw new LabRefusalException("shutdown.exe of the Resource Kit on " + machine.Os.Product);
        }

        if (other is not null)
        {
            try
            {
                RemoteGrant grant = context.Remote.Reach(machine, context, other.TrimStart('\\'), RemoteService.Smb);
                (machine, context) = (grant.Target, grant.Context);
            }
            catch (LabWin32Exception e)
            {
                return new(e.Code, "", $"{other}: {e.Message}({e.Code})\r\n");
            }

            if (machine.Os.Is9x)
            {
                return new(RemoteAccess.BadNetPath, "", $"{other}: The network path was not found.({RemoteAccess.BadNetPath})\r\n");
            }
        }

        if (!context.IsAdmin)
        {
            return new(5, "", "Access is denied.(5)\r\n");
        }

        try
        {
            if (abort && !restart && !stop)
            {
                machine.Power.AbortShutdown();
            }
            else if (!abort && restart != stop)
            {
                machine.Power.ScheduleShutdown(TimeSpan.FromSeconds(seconds), restart, context.Account, message);
            }
            else
            {
                return new(Usage, "", "Usage: shutdown [/i | /l | /s | /r | /a | /t xxx]\r\n");
            }
        }
        catch (LabWin32Exception e)
        {
            return new(e.Code, "", $"{e.Message}({e.Code})\r\n");
        }

        return new(0);
    }
}
