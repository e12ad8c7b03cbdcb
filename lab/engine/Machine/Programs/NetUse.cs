namespace Firebreak.Lab.Machines;

/// <summary>net use \\machine\share [password] [/user:name] and /delete: connections of the logon session.</summary>
internal static class NetUse
{
    public static ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        string[] words = [.. arguments.Where(a => !a.StartsWith('/'))];
        string[] options = [.. arguments.Where(a => a.StartsWith('/'))];
        string? user = options.FirstOrDefault(o => o.StartsWith("/user:", StringComparison.OrdinalIgnoreCase))?[6..];
        bool isDelete = options.Any(o => o.Equals("/delete", StringComparison.OrdinalIgnoreCase) || o.Equals("/d", StringComparison.OrdinalIgnoreCase));
        bool isKnown = options.All(o => o.StartsWith("/user:", StringComparison.OrdinalIgnoreCase) || o.ToLowerInvariant() is "/delete" or "/d" or "/y" or "/persistent:no");
        if (words.Length == 0 || words.Length > 2 || !UncPath.Is(words[0]) || !isKnown || (user is not null && words.Length == 1))
        {
            throw new LabRefusalException($"net use {string.Join(' ', arguments)}");
        }

        UncPath unc = UncPath.Parse(words[0]);
        if (isDelete)
        {
            return context.Remote.Disconnect(machine, unc.Machine)
                ? new(0, $"{unc.Full} was deleted successfully.\r\n\r\n")
                : new(2, "", "The network connection could not be found.\r\n\r\nMore help is available by typing NET HELPMSG 2250.\r\n\r\n");
        }

        if (unc.Share.ToUpperInvariant() is not ("IPC$" or "ADMIN$" or "C$"))
        {
            return Failed(67, "The network name cannot be found.");
        }

        try
        {
            RemoteCredential? credential = words.Length == 2 ? new(user ?? context.Account, words[1]) : null;
            bool isMere = unc.Share.Equals("IPC$", StringComparison.OrdinalIgnoreCase);
            RemoteGrant grant = context.Remote.Reach(machine, context, unc.Machine, isMere ? RemoteService.Ipc : RemoteService.Smb, credential);
            if (!isMere && !grant.Target.HasAdminShares)
            {
                return Failed(67, "The network name cannot be found.");
            }

            return new(0, "The command completed successfully.\r\n\r\n");
        }
        catch (LabWin32Exception error)
        {
            return Failed(error.Code, error.Message);
        }
    }

    private static ProgramResult Failed(int code, string message) => new(2, "", $"System error {code} has occurred.\r\n\r\n{message}\r\n\r\n");
}
