using Firebreak.Lab.Engine.Providers;
using Firebreak.Lab.Engine.Sessions;
using Microsoft.Win32;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[Microsoft.Win32.Registry] on a machine.</summary>
public static class LabRegistry
{
    /// <summary>HKLM.</summary>
    public static LabKey LocalMachine => LabKey.OpenBaseKey(RegistryHive.LocalMachine, RegistryView.Default);

    /// <summary>HKCU.</summary>
    public static LabKey CurrentUser => LabKey.OpenBaseKey(RegistryHive.CurrentUser, RegistryView.Default);

    /// <summary>HKCR.</summary>
    public static LabKey ClassesRoot => LabKey.OpenBaseKey(RegistryHive.ClassesRoot, RegistryView.Default);

    /// <summary>HKU.</summary>
    public static LabKey Users => LabKey.OpenBaseKey(RegistryHive.Users, RegistryView.Default);

    /// <summary>A value; what is given for no such value, null for no such key.</summary>
    public static object? GetValue(string keyName, string? valueName, object? defaultValue) =>
        SessionContext.Current.Machine.Registry.KeyExists(keyName) ? new LabKey(keyName).GetValue(valueName, defaultValue) : null;

    /// <summary>Sets a value.</summary>
    public static void SetValue(string keyName, string? valueName, object value) => SetValue(keyName, valueName, value, RegistryValueKind.Unknown);

    /// <summary>Sets a value.</summary>
    public static void SetValue(string keyName, string? valueName, object value, RegistryValueKind valueKind)
    {
        if (!SessionContext.Current.Program.IsAdmin)
        {
            throw new UnauthorizedAccessException($"Access to the registry key '{keyName}' is denied.");
        }
        SessionContext.Current.Machine.Registry.SetValue(keyName, valueName ?? "", RegistryData.From(value, valueKind));
    }
}
