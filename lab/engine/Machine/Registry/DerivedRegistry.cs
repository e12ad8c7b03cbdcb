using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>What the registry says about the system itself, derived from its identity.</summary>
internal static class DerivedRegistry
{
    public const string CurrentVersion = @"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion";
    private const string CurrentVersion32 = @"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows NT\CurrentVersion";
    private const string Control = @"HKLM\SYSTEM\CurrentControlSet\Control";

    public static void Apply(Machine machine)
    {
        RegistryTree registry = machine.Registry;
        OsIdentity os = machine.Os;
        if (os.Is9x)
        {
            ApplyWindows9x(machine);
            return;
        }

        foreach (string key in os.Is64Bit ? [CurrentVersion, CurrentVersion32] : new[] { CurrentVersion })
        {
            ApplyVersion(registry, key, os);
        }

        SetUbr(machine);
        registry.SetValue($@"{Control}\ComputerName\ComputerName", "ComputerName", RegistryValue.Sz(machine.Name));
        registry.SetValue($@"{Control}\ComputerName\ActiveComputerName", "ComputerName", RegistryValue.Sz(machine.Name));
        registry.SetValue($@"{Control}\Windows", "CSDVersion", RegistryValue.Dword(os.ServicePack * 0x100));
        string type = os.ProductType switch { 1 => "WinNT", 2 => "LanmanNT", _ => "ServerNT" };
        registry.SetValue($@"{Control}\ProductOptions", "ProductType", RegistryValue.Sz(type));
        registry.SetValue($@"{Control}\Nls\Language", "InstallLanguage", RegistryValue.Sz(os.Locale));
        registry.SetValue($@"{Control}\Nls\Language", "Default", RegistryValue.Sz(os.Locale));
        registry.SetValue(@"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "Hostname", RegistryValue.Sz(machine.Name));
        registry.SetValue(@"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters", "Domain", RegistryValue.Sz(os.Domain ?? ""));
        if (os.Number >= new Version(5, 2))
        {
            registry.SetValue(@"HKLM\SYSTEM\CurrentControlSet\Services\IPSEC", "NoDefaultExempt", RegistryValue.Dword(3));
        }

        if (os.Suites.Count > 0)
        {
            registry.SetValue($@"{Control}\ProductOptions", "ProductSuite", RegistryValue.Multi([.. os.Suites]));
        }

        ApplyHardware(machine);
        registry.SetValue($@"{Control}\Session Manager\Environment", "PROCESSOR_ARCHITECTURE", RegistryValue.Sz(os.Architecture));
        registry.CreateKey(@"HKLM\SOFTWARE\Policies\Microsoft\Windows");
        if (os.Number.Major == 4)
        {
            return;
        }

        Guid id = new(SHA256.HashData(Encoding.UTF8.GetBytes($"{machine.Host}/{machine.Name}")).AsSpan(0, 16));
        registry.SetValue(@"HKLM\SOFTWARE\Microsoft\Cryptography", "MachineGuid", RegistryValue.Sz(id.ToString("D")));
        if (os.IsLegacy)
        {
            return;
        }

        registry.CreateKey(@"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages");
        registry.CreateKey(@"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update");
    }

    /// <summary>The key that Windows keeps in memory only, and makes anew at every start.</summary>
    public static void ApplyHardware(Machine machine)
    {
        machine.Registry.DeleteKey(@"HKLM\HARDWARE");
        if (machine.Os.IsLegacy)
        {
            machine.Registry.SetValue(@"HKLM\HARDWARE\DESCRIPTION\System", "Identifier", RegistryValue.Sz(machine.Os.Platform == "nec98" ? "NEC PC-98" : "AT/AT COMPATIBLE"));
        }
        else
        {
            machine.Registry.CreateKey(@"HKLM\HARDWARE\DESCRIPTION\System");
        }
    }

    /// <summary>UBR as it runs now; systems without one have no value.</summary>
    public static void SetUbr(Machine machine)
    {
        if (machine.Os.Ubr > 0)
        {
            machine.Registry.SetValue(CurrentVersion, "UBR", RegistryValue.Dword(machine.Os.Ubr));
            if (machine.Os.Is64Bit)
            {
                machine.Registry.SetValue(CurrentVersion32, "UBR", RegistryValue.Dword(machine.Os.Ubr));
            }
        }
    }

    private static void ApplyVersion(RegistryTree registry, string key, OsIdentity os)
    {
        string build = os.Build.ToString(CultureInfo.InvariantCulture);
        string[] version = os.Version.Split('.');
        int major = int.Parse(version[0], CultureInfo.InvariantCulture);
        registry.SetValue(key, "ProductName", RegistryValue.Sz(os.Product));
        if (!os.IsLegacy)
        {
            registry.SetValue(key, "EditionID", RegistryValue.Sz(os.Edition));
            registry.SetValue(key, "InstallationType", RegistryValue.Sz(os.InstallationType));
            registry.SetValue(key, "CurrentBuild", RegistryValue.Sz(build));
        }

        registry.SetValue(key, "CurrentBuildNumber", RegistryValue.Sz(build));
        registry.SetValue(key, "CurrentType", RegistryValue.Sz(os.CurrentType));
        registry.SetValue(key, "SystemRoot", RegistryValue.Sz(os.SystemRoot));
        if (major >= 10)
        {
            // Frozen at 6.3 since Windows 8.1; the numbers are in values of their own.
            registry.SetValue(key, "CurrentVersion", RegistryValue.Sz("6.3"));
            registry.SetValue(key, "CurrentMajorVersionNumber", RegistryValue.Dword(major));
            registry.SetValue(key, "CurrentMinorVersionNumber", RegistryValue.Dword(int.Parse(version[1], CultureInfo.InvariantCulture)));
        }
        else
        {
            registry.SetValue(key, "CurrentVersion", RegistryValue.Sz($"{version[0]}.{version[1]}"));
        }

        if (os.ReleaseId is { } release)
        {
            registry.SetValue(key, "ReleaseId", RegistryValue.Sz(release));
        }

        if (os.ServicePack > 0)
        {
            registry.SetValue(key, "CSDVersion", RegistryValue.Sz($"Service Pack {os.ServicePack}"));
        }
    }

    private static void ApplyWindows9x(Machine machine)
    {
        OsIdentity os = machine.Os;
        const string Key = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion";
        machine.Registry.SetValue(Key, "ProductName", RegistryValue.Sz(os.Product));
        machine.Registry.SetValue(Key, "Version", RegistryValue.Sz(os.Product));
        machine.Registry.SetValue(Key, "VersionNumber", RegistryValue.Sz(os.Version));
        machine.Registry.SetValue(Key, "SystemRoot", RegistryValue.Sz(os.SystemRoot));
        machine.Registry.SetValue($@"{Control}\ComputerName\ComputerName", "ComputerName", RegistryValue.Sz(machine.Name));
    }
}
