using Microsoft.Win32;

namespace Firebreak.Lab.Machines;

/// <summary>Turns what callers write (HKEY_LOCAL_MACHINE\…, HKLM:\…, a 32-bit view) into the path of a key in the tree.</summary>
public static class RegistryPath
{
    private static readonly Dictionary<string, string> s_hives = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HKLM"] = "HKLM",
        ["HKEY_LOCAL_MACHINE"] = "HKLM",
        ["HKU"] = "HKU",
        ["HKEY_USERS"] = "HKU",
        ["HKCU"] = "HKU\\S-1-5-18",
        ["HKEY_CURRENT_USER"] = "HKU\\S-1-5-18",
        ["HKCR"] = "HKLM\\SOFTWARE\\Classes",
        ["HKEY_CLASSES_ROOT"] = "HKLM\\SOFTWARE\\Classes",
        ["HKCC"] = "HKLM\\SYSTEM\\CurrentControlSet\\Hardware Profiles\\Current",
        ["HKEY_CURRENT_CONFIG"] = "HKLM\\SYSTEM\\CurrentControlSet\\Hardware Profiles\\Current",
    };

    // Keys under HKLM\SOFTWARE that both views share (documented for Windows 7 and later).
    private static readonly string[] s_shared =
    [
        @"Microsoft\COM3", @"Microsoft\EventSystem", @"Microsoft\OLE", @"Microsoft\RPC", @"Microsoft\SystemCertificates",
        @"Microsoft\TermServLicensing", @"Microsoft\Windows NT\CurrentVersion\Image File Execution Options",
        @"Microsoft\Windows NT\CurrentVersion\NetworkCards", @"Microsoft\Windows NT\CurrentVersion\Perflib",
        @"Microsoft\Windows NT\CurrentVersion\Ports", @"Microsoft\Windows NT\CurrentVersion\Print",
        @"Microsoft\Windows NT\CurrentVersion\ProfileList", @"Microsoft\Windows NT\CurrentVersion\Time Zones",
        @"Microsoft\Windows\CurrentVersion\Group Policy", @"Microsoft\Windows\CurrentVersion\Policies",
        @"Microsoft\Windows\CurrentVersion\Setup", @"Policies", @"RegisteredApplications",
    ];

    /// <summary>The parts of the canonical path, hive first.</summary>
    /// <exception cref="ArgumentException">No such hive.</exception>
    public static string[] Parse(string path, RegistryView view, bool is64Bit)
    {
        string[] parts = path.Split('\\', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || !s_hives.TryGetValue(parts[0].TrimEnd(':'), out string? hive))
        {
            throw new ArgumentException($"no registry hive in '{path}'");
        }

        string[] all = [.. hive.Split('\\'), .. parts.Skip(1)];
        if (Is(all, 1, "SYSTEM") && Is(all, 2, "ControlSet001"))
        {
            all[2] = "CurrentControlSet";
        }

        return view == RegistryView.Registry32 && is64Bit ? Redirect(all) : all;
    }

    private static string[] Redirect(string[] parts)
    {
        if (parts.Length < 2 || !Is(parts, 0, "HKLM") || !Is(parts, 1, "SOFTWARE") || Is(parts, 2, "Wow6432Node"))
        {
            return parts;
        }

        string rest = string.Join('\\', parts.Skip(2));
        foreach (string shared in s_shared)
        {
            if (rest.Equals(shared, StringComparison.OrdinalIgnoreCase) || rest.StartsWith(shared + "\\", StringComparison.OrdinalIgnoreCase))
            {
                return parts;
            }
        }

        return [parts[0], parts[1], "WOW6432Node", .. parts.Skip(2)];
    }

    private static bool Is(string[] parts, int index, string name) =>
        parts.Length > index && parts[index].Equals(name, StringComparison.OrdinalIgnoreCase);
}
