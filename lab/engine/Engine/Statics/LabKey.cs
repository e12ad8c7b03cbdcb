using System.Security;
using Firebreak.Lab.Engine.Providers;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;
using Microsoft.Win32;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[Microsoft.Win32.RegistryKey] on a machine: an open key.</summary>
public sealed class LabKey : IDisposable
{
    private readonly SessionContext _owner;
    private readonly string? _computer;
    private readonly bool _writable;

    internal LabKey(string name, RegistryView view = RegistryView.Default, bool writable = false, string? computer = null)
    {
        Name = name;
        View = view;
        _owner = SessionContext.Current;
        _computer = computer;
        _writable = writable;
    }

    /// <summary>Full name, hive first.</summary>
    public string Name { get; }

    /// <summary>The view it was opened in.</summary>
    public RegistryView View { get; }

    /// <summary>Number of subkeys.</summary>
    public int SubKeyCount => GetSubKeyNames().Length;

    /// <summary>Number of values.</summary>
    public int ValueCount => GetValueNames().Length;

    /// <summary>Opens a hive of this machine.</summary>
    public static LabKey OpenBaseKey(RegistryHive hKey, RegistryView view) => new(hKey switch
    {
        RegistryHive.LocalMachine => "HKEY_LOCAL_MACHINE",
        RegistryHive.CurrentUser => "HKEY_CURRENT_USER",
        RegistryHive.ClassesRoot => "HKEY_CLASSES_ROOT",
        RegistryHive.Users => "HKEY_USERS",
        RegistryHive.CurrentConfig => "HKEY_CURRENT_CONFIG",
        _ => throw new LabRefusalException("registry hive " + hKey),
    }, view, writable: true);

    /// <summary>Opens a hive of another machine, over its service for that.</summary>
    public static LabKey OpenRemoteBaseKey(RegistryHive hKey, string machineName) => OpenRemoteBaseKey(hKey, machineName, RegistryView.Default);

    /// <summary>Opens a hive of another machine in a view of its own.</summary>
    /// <exception cref="IOException">It cannot be reached, or refuses the logon.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static LabKey OpenRemoteBaseKey(RegistryHive hKey, string machineName, RegistryView view)
    {
        string name = machineName.TrimStart('\\');
        if (name.Length == 0 || name == ".")
        {
            return OpenBaseKey(hKey, view);
        }
        if (hKey is not (RegistryHive.LocalMachine or RegistryHive.Users))
        {
            throw new LabRefusalException($"hive {hKey} of another machine");
        }
        var key = new LabKey(hKey == RegistryHive.Users ? "HKEY_USERS" : "HKEY_LOCAL_MACHINE", view, writable: true, name);
        _ = key.Machine;
        return key;
    }

    /// <summary>Opens a subkey for reading; null if there is none.</summary>
    public LabKey? OpenSubKey(string name) => OpenSubKey(name, false);

    /// <summary>Opens a subkey; null if there is none.</summary>
    public LabKey? OpenSubKey(string name, bool writable)
    {
        string full = WindowsPath.Combine(Name, name);
        if (writable && _computer is null && !SessionContext.Current.Program.IsAdmin)
        {
            throw new SecurityException("Requested registry access is not allowed.");
        }
        return Machine.Registry.KeyExists(full, View) ? new LabKey(full, View, writable, _computer) : null;
    }

    /// <summary>Makes or opens a subkey for writing.</summary>
    public LabKey CreateSubKey(string subkey)
    {
        MustWrite();
        string full = WindowsPath.Combine(Name, subkey);
        Machine.Registry.CreateKey(full, View);
        return new LabKey(full, View, writable: true, _computer);
    }

    /// <summary>A value; null if there is none.</summary>
    public object? GetValue(string? name) => GetValue(name, null);

    /// <summary>A value, or what is given for none.</summary>
    public object? GetValue(string? name, object? defaultValue) => GetValue(name, defaultValue, RegistryValueOptions.None);

    /// <summary>A value, with or without its variables replaced.</summary>
    public object? GetValue(string? name, object? defaultValue, RegistryValueOptions options)
    {
        if (Machine.Registry.GetValue(Name, name ?? "", View) is not { } value)
        {
            return defaultValue;
        }
        return options.HasFlag(RegistryValueOptions.DoNotExpandEnvironmentNames) ? value.Data : RegistryData.ToObject(value, SessionContext.Current.Environment);
    }

    /// <summary>Type of a value.</summary>
    public RegistryValueKind GetValueKind(string? name) =>
        (Machine.Registry.GetValue(Name, name ?? "", View) ?? throw new IOException("The specified registry key does not exist.")).Kind;

    /// <summary>Names of the values.</summary>
    public string[] GetValueNames() => [.. (Machine.Registry.Values(Name, View) ?? []).Select(v => v.Key)];

    /// <summary>Names of the subkeys.</summary>
    public string[] GetSubKeyNames() => [.. Machine.Registry.SubKeyNames(Name, View) ?? []];

    /// <summary>Sets a value, its type by the data's.</summary>
    public void SetValue(string? name, object value) => SetValue(name, value, RegistryValueKind.Unknown);

    /// <summary>Sets a value.</summary>
    public void SetValue(string? name, object value, RegistryValueKind valueKind)
    {
        MustWrite();
        Machine.Registry.SetValue(Name, name ?? "", RegistryData.From(value, valueKind), View);
    }

    /// <summary>Deletes a value.</summary>
    public void DeleteValue(string name) => DeleteValue(name, true);

    /// <summary>Deletes a value; a missing one is an error if asked so.</summary>
    public void DeleteValue(string name, bool throwOnMissingValue)
    {
        MustWrite();
        if (!Machine.Registry.DeleteValue(Name, name, View) && throwOnMissingValue)
        {
            throw new ArgumentException("No value exists with that name.");
        }
    }

    /// <summary>Deletes a subkey without subkeys.</summary>
    public void DeleteSubKey(string subkey) => DeleteSubKey(subkey, true);

    /// <summary>Deletes a subkey without subkeys; a missing one is an error if asked so.</summary>
    public void DeleteSubKey(string subkey, bool throwOnMissingSubKey)
    {
        string full = WindowsPath.Combine(Name, subkey);
        if (Machine.Registry.SubKeyNames(full, View)?.Count > 0)
        {
            throw new InvalidOperationException("Registry key has subkeys and recursive removes are not supported by this method.");
        }
        Delete(full, throwOnMissingSubKey);
    }

    /// <summary>Deletes a subkey with all below it.</summary>
    public void DeleteSubKeyTree(string subkey) => Delete(WindowsPath.Combine(Name, subkey), true);

    /// <summary>Deletes a subkey with all below it; a missing one is an error if asked so.</summary>
    public void DeleteSubKeyTree(string subkey, bool throwOnMissingSubKey) => Delete(WindowsPath.Combine(Name, subkey), throwOnMissingSubKey);

    /// <summary>Nothing is held back in the lab.</summary>
    public void Flush()
    {
    }

    /// <summary>Nothing is held open in the lab.</summary>
    public void Close()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    // Each use of a key of another machine goes over the network again.
    private Machine Machine
    {
        get
        {
            if (_computer is null)
            {
                return _owner.Machine;
            }
            try
            {
                return _owner.Program.Remote.Reach(_owner.Machine, _owner.Program, _computer, RemoteService.Registry).Target;
            }
            catch (LabWin32Exception error) when (error.Code == RemoteAccess.AccessDenied)
            {
                throw new UnauthorizedAccessException("Attempted to perform an unauthorized operation.", error);
            }
            catch (LabWin32Exception error)
            {
                throw new IOException(error.Message, unchecked((int)0x80070000) | error.Code);
            }
        }
    }

    private void Delete(string full, bool throwOnMissing)
    {
        MustWrite();
        if (!Machine.Registry.DeleteKey(full, View) && throwOnMissing)
        {
            throw new ArgumentException("Cannot delete a subkey tree because the subkey does not exist.");
        }
    }

    private void MustWrite()
    {
        if (!_writable)
        {
            throw new UnauthorizedAccessException("Cannot write to the registry key.");
        }
    }
}
