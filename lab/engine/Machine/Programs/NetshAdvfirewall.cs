using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>netsh advfirewall show/set PROFILES state.</summary>
internal static class NetshAdvfirewall
{
    public static ProgramResult Run(Machine machine, IReadOnlyList<string> words, ProgramContext context)
    {
        string[] lower = [.. words.Select(w => w.ToLowerInvariant())];
        if (lower is not ["show" or "set", ..] || lower.Length < 2 || Profiles(machine, lower[1]) is not { } profiles)
        {
            throw new LabRefusalException($"netsh advfirewall {string.Join(' ', words)}");
        }

        if (!context.IsAdmin)
        {
            return new(1, "The requested operation requires elevation (Run as administrator).\r\n");
        }

        switch (lower)
        {
            case ["show", _] or ["show", _, "state"]:
                StringBuilder output = new();
                foreach (string profile in profiles)
                {
                    output.Append($"\r\n{profile} Profile Settings:\r\nState                                 {(machine.Firewall.ProfileEnabled(profile) ? "ON" : "OFF")}\r\n");
                }

                return new(0, output + "Ok.\r\n\r\n");
            case ["set", _, "state", "on" or "off"]:
                foreach (string profile in profiles)
                {
                    machine.Firewall.SetProfile(profile, lower[3] == "on");
                }

                return new(0, "Ok.\r\n\r\n");
            default:
                throw new LabRefusalException($"netsh advfirewall {string.Join(' ', words)}");
        }
    }

    private static string[]? Profiles(Machine machine, string word) => word switch
    {
        "allprofiles" => ["Domain", "Private", "Public"],
        "domainprofile" => ["Domain"],
        "privateprofile" => ["Private"],
        "publicprofile" => ["Public"],
        "currentprofile" => [machine.Firewall.ActiveProfile],
        _ => null,
    };
}
