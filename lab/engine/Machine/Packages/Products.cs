namespace Firebreak.Lab.Machines;

/// <summary>Products and patches of the Windows Installer.</summary>
public sealed partial class PackageCatalog
{
    private const string Uninstall = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall";
    private const string SystemProducts = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\UserData\S-1-5-18\Products";

    /// <summary>A code as it is written into names of keys: the digits of each group turned round.</summary>
    internal static string Packed(string code)
    {
        string digits = code.Trim('{', '}').Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
        int[] groups = [8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2];
        int at = 0;
        string packed = "";
        foreach (int length in groups)
        {
            packed += string.Concat(digits.Substring(at, length).Reverse());
            at += length;
        }

        return packed;
    }

    /// <summary>Whether a product is installed here, by any package.</summary>
    internal bool HasProduct(string code) => _machine.Registry.KeyExists($@"{Uninstall}\{code}");

    private static bool IsProduct(PackageProfile package) => package.Engine is "msi" or "msp";

    private void ShowProduct(PackageProfile package)
    {
        string key = package.Engine == "msi"
            ? $@"{Uninstall}\{package.Product}"
            : $@"{SystemProducts}\{Packed(package.Product!)}\Patches\{Packed(package.Patch!)}";
        _machine.Registry.SetValue(key, "DisplayName", RegistryValue.Sz(package.Package));
        if (package.Engine == "msi")
        {
            _machine.Registry.SetValue(key, "WindowsInstaller", RegistryValue.Dword(1));
            _machine.Registry.SetValue(key, "UninstallString", RegistryValue.Sz($"MsiExec.exe /X{package.Product}"));
        }
        else
        {
            _machine.Registry.SetValue(key, "State", RegistryValue.Dword(1));
        }
    }

    private void HideProduct(PackageProfile package) => _machine.Registry.DeleteKey(package.Engine == "msi"
        ? $@"{Uninstall}\{package.Product}"
        : $@"{SystemProducts}\{Packed(package.Product!)}\Patches\{Packed(package.Patch!)}");
}
