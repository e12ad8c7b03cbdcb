using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>netsh advfirewall: show/set PROFILES state; "firewall" is <see cref="NetshFirewallRules"/>.</summary>
internal static class NetshAdvfirewall
{
    private const string NoService = "An error occurred while attempting to contact the Windows Defender Firewall service. Make sure that the service is running and try your request again.\r\n\r\n";

    public static ProgramResult Run(Machine machine, IReadOnlyList<string> words, ProgramContext context)
    {
        string[] lower = [.. words.Select(w => w.ToLowerInvariant())];
        bool isRules = lower is ["firewall", ..];
        if (!isRules && (lower is not ["show" or "set", _, ..] || Profiles(machine, lower[1]) is null))
        {
            throw new LabRefusalException($"netsh advfirewall {string.Join(' ', words)}");
        }

        if (!context.IsAdmin)
        {
            return new(1, "The requested operation requires elevation (Run as administrator).\r\n");
        }

        if (!machine.Firewall.IsRunning)
        {
            return new(1, NoService);
        }

        return isRules ? NetshFirewallRules.Run(machine.Firewall, [.. words.Skip(1)]) : RunProfiles(machine, lower);
    }

    private static ProgramResult RunProfiles(Machine machine, string[] lower)
    {
        string[] profiles = Profiles(machine, lower[1])!;
        switch (lower)
        {
            case ["show", _] or ["show", _, "state"]:
                StringBuilder output = new();
                foreach (string profile in profiles)
                {
                    output.Append($"\r\n{profile} Profile Settings:\r\n----------------------------------------------------------------------\r\n");
                    output.Append($"State                                 {(machine.Firewall.IsOn(profile) ? "ON" : "OFF")}\r\n");
                }

                return new(0, output + "Ok.\r\n\r\n");
            case ["set", _, "state", "on" or "off"]:
                foreach (string profile in profiles)
                {
                    machine.Firewall.SetProfile(profile, lower[3] == "on");
                }

                return new(0, "Ok.\r\n\r\n");
            default:
                throw new LabRefusalException($"netsh advfirewall {string.Join(' ', lower)}");
        }
    }

    private static string[]? Profiles(Machine machine, string word) => word switch
    {
        "allprofiles" => [.. FirewallState.Profiles],
        "domainprofile" => ["Domain"],
        "privateprofile" => ["Private"],
        "publicprofile" => ["Public"],
        "currentprofile" => [machine.Firewall.ActiveProfile],
        _ => null,
    };
}
