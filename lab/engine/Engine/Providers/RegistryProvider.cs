using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Provider;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;
using Microsoft.Win32;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>The machine's registry as PowerShell's Registry provider: HKLM:, HKCU:, Registry:: paths.</summary>
[CmdletProvider("Registry", ProviderCapabilities.ShouldProcess)]
public sealed class RegistryProvider : NavigationCmdletProvider, IPropertyCmdletProvider, IDynamicPropertyCmdletProvider
{
    private static RegistryTree Tree => SessionContext.Current.Machine.Registry;

    /// <inheritdoc/>
    public override char ItemSeparator => '\\';

    /// <inheritdoc/>
    public override char AltItemSeparator => '\\';

    /// <inheritdoc/>
    protected override Collection<PSDriveInfo> InitializeDefaultDrives() =>
    [
        new PSDriveInfo("HKLM", ProviderInfo, "HKEY_LOCAL_MACHINE", "The software and hardware settings for the local computer", null),
        new PSDriveInfo("HKCU", ProviderInfo, "HKEY_CURRENT_USER", "The software settings for the current user", null),
    ];

    /// <inheritdoc/>
    protected override string MakePath(string parent, string child)
    {
        // With nothing to add the separator stays: the engine tells a drive's root by it.
        string path = WindowsPath.Combine(parent, child);
        return string.IsNullOrEmpty(child) && path.Length > 0 && !path.EndsWith('\\') ? path + "\\" : path;
    }

    /// <inheritdoc/>
    protected override string GetParentPath(string path, string root) => WindowsPath.Parent(path);

    /// <inheritdoc/>
    protected override string GetChildName(string path) => WindowsPath.Name(path);

    /// <inheritdoc/>
    protected override bool IsValidPath(string path) => true;

    /// <inheritdoc/>
    protected override bool ItemExists(string path) => Normal(path) is { Length: 0 } || IsKey(Normal(path));

    /// <inheritdoc/>
    protected override bool IsItemContainer(string path) => ItemExists(path);

    /// <inheritdoc/>
    protected override bool HasChildItems(string path) => SubKeys(Normal(path)).Count > 0;

    /// <inheritdoc/>
    protected override void GetItem(string path)
    {
        if (Key(path) is { } key)
        {
            WriteItemObject(LabRegistryKey.Describe(key), key, true);
        }
    }

    /// <inheritdoc/>
    protected override void GetChildItems(string path, bool recurse) => Children(Normal(path), recurse, uint.MaxValue);

    /// <inheritdoc/>
    protected override void GetChildItems(string path, bool recurse, uint depth) => Children(Normal(path), recurse, depth);

    /// <inheritdoc/>
    protected override void GetChildNames(string path, ReturnContainers returnContainers)
    {
        foreach (string name in SubKeys(Normal(path)))
        {
            WriteItemObject(name, WindowsPath.Combine(Normal(path), name), true);
        }
    }

    /// <inheritdoc/>
    protected override void NewItem(string path, string itemTypeName, object newItemValue)
    {
        string key = Normal(path);
        if (IsKey(key))
        {
            if (!Force)
            {
                WriteError(new ErrorRecord(new IOException("A key in this path already exists."), "System.IO.IOException", ErrorCategory.ResourceExists, path));
                return;
            }
            if (!Changeable(key))
            {
                return;
            }
            // -Force on a key that is there makes it anew.
            if (ShouldProcess($"Item: {path}", "New Item"))
            {
                Tree.DeleteKey(key);
                Create(key, newItemValue);
            }
            return;
        }
        string parent = WindowsPath.Parent(key);
        if (!IsKey(parent) && !Force)
        {
            WriteError(new ErrorRecord(
                new IOException("The registry key at the specified path does not exist."), "System.IO.IOException", ErrorCategory.InvalidArgument, parent));
            return;
        }
        if (Changeable(key) && ShouldProcess($"Item: {path}", "New Item"))
        {
            Create(key, newItemValue);
        }
    }

    /// <inheritdoc/>
    protected override void SetItem(string path, object value)
    {
        if (Key(path) is { } key && Changeable(key) && ShouldProcess($"Item: {path} Value: {value}", "Set Item"))
        {
            Tree.SetValue(key, "", RegistryData.From(value, RegistryValueKind.Unknown));
            GetItem(path);
        }
    }

    /// <inheritdoc/>
    protected override void ClearItem(string path)
    {
        if (Key(path) is not { } key || !Changeable(key) || !ShouldProcess($"Item: {path}", "Clear Item"))
        {
            return;
        }
        foreach ((string name, _) in Tree.Values(key) ?? [])
        {
            Tree.DeleteValue(key, name);
        }
        GetItem(path);
    }

    /// <inheritdoc/>
    protected override void RemoveItem(string path, bool recurse)
    {
        if (Key(path) is { } key && Changeable(key) && ShouldProcess($"Item: {path}", "Remove Key"))
        {
            Tree.DeleteKey(key);
        }
    }

    /// <inheritdoc/>
    protected override void CopyItem(string path, string copyPath, bool recurse)
    {
        if (Key(path) is { } key && Changeable(copyPath) && ShouldProcess($"Item: {path} Destination: {copyPath}", "Copy Key"))
        {
            string target = IsKey(Normal(copyPath)) ? WindowsPath.Combine(Normal(copyPath), WindowsPath.Name(key)) : Normal(copyPath);
            Copy(key, target, recurse);
            GetItem(target);
        }
    }

    /// <inheritdoc/>
    protected override void RenameItem(string path, string newName)
    {
        if (Key(path) is { } key && Changeable(key) && ShouldProcess($"Item: {path} NewName: {newName}", "Rename Item"))
        {
            string target = WindowsPath.Combine(WindowsPath.Parent(key), newName);
            Copy(key, target, recurse: true);
            Tree.DeleteKey(key);
            GetItem(target);
        }
    }

    /// <inheritdoc/>
    public void GetProperty(string path, Collection<string>? providerSpecificPickList)
    {
        if (Key(path) is not { } key)
        {
            return;
        }
        var result = new PSObject();
        WildcardPattern[] wanted = [.. (providerSpecificPickList ?? []).Select(n => WildcardPattern.Get(n, WildcardOptions.IgnoreCase))];
        var found = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string stored, RegistryValue value) in Tree.Values(key) ?? [])
        {
            string name = Shown(stored);
            if (wanted.Length == 0 || wanted.Any(w => w.IsMatch(name)))
            {
                result.Properties.Add(new PSNoteProperty(name, RegistryData.ToObject(value, SessionContext.Current.Environment)));
                found.Add(name);
            }
        }
        foreach (string name in providerSpecificPickList ?? [])
        {
            if (!WildcardPattern.ContainsWildcardCharacters(name) && !found.Contains(name))
            {
                NoProperty(name, path);
            }
        }
        if (found.Count > 0)
        {
            WritePropertyObject(result, path);
        }
    }

    /// <inheritdoc/>
    public object? GetPropertyDynamicParameters(string path, Collection<string>? providerSpecificPickList) => null;

    /// <inheritdoc/>
    public void SetProperty(string path, PSObject propertyValue)
    {
        if (Key(path) is not { } key || !Changeable(key))
        {
            return;
        }
        RegistryValueKind kind = (DynamicParameters as RegistryTypeParameter)?.Type ?? RegistryValueKind.Unknown;
        foreach (PSMemberInfo property in propertyValue.Properties)
        {
            if (ShouldProcess($"Item: {path} Property: {property.Name}", "Set Property"))
            {
                Write(key, path, property.Name, property.Value, kind);
            }
        }
    }

    /// <inheritdoc/>
    public object SetPropertyDynamicParameters(string path, PSObject propertyValue) => new RegistryTypeParameter();

    /// <inheritdoc/>
    public void ClearProperty(string path, Collection<string> propertyToClear)
    {
        if (Key(path) is not { } key || !Changeable(key))
        {
            return;
        }
        foreach (string name in propertyToClear)
        {
            if (Tree.GetValue(key, Stored(name)) is not { } value)
            {
                NoProperty(name, path);
            }
            else if (ShouldProcess($"Item: {path} Property: {name}", "Clear Property"))
            {
                Tree.SetValue(key, Stored(name), RegistryData.Empty(value.Kind));
            }
        }
    }

    /// <inheritdoc/>
    public object? ClearPropertyDynamicParameters(string path, Collection<string> propertyToClear) => null;

    /// <inheritdoc/>
    public void NewProperty(string path, string propertyName, string propertyTypeName, object? value)
    {
        if (Key(path) is not { } key || !Changeable(key))
        {
            return;
        }
        RegistryValueKind kind = RegistryValueKind.Unknown;
        if (!string.IsNullOrEmpty(propertyTypeName) && !Enum.TryParse(propertyTypeName, ignoreCase: true, out kind))
        {
            WriteError(new ErrorRecord(new ArgumentException($"The registry value type '{propertyTypeName}' is not valid."), "System.ArgumentException", ErrorCategory.InvalidArgument, propertyTypeName));
            return;
        }
        if (!Force && Tree.GetValue(key, Stored(propertyName)) is not null)
        {
            WriteError(new ErrorRecord(new IOException("The property already exists."), "System.IO.IOException", ErrorCategory.ResourceExists, path));
            return;
        }
        if (ShouldProcess($"Item: {path} Property: {propertyName}", "New Property"))
        {
            Write(key, path, propertyName, value, kind);
        }
    }

    /// <inheritdoc/>
    public object? NewPropertyDynamicParameters(string path, string propertyName, string propertyTypeName, object? value) => null;

    /// <inheritdoc/>
    public void RemoveProperty(string path, string propertyName)
    {
        if (Key(path) is not { } key || !Changeable(key))
        {
            return;
        }
        string[] names = [.. (Tree.Values(key) ?? []).Select(v => Shown(v.Key)).Where(n => WildcardPattern.Get(propertyName, WildcardOptions.IgnoreCase).IsMatch(n))];
        if (names.Length == 0)
        {
            NoProperty(propertyName, path);
        }
        foreach (string name in names)
        {
            if (ShouldProcess($"Item: {path} Property: {name}", "Remove Property"))
            {
                Tree.DeleteValue(key, Stored(name));
            }
        }
    }

    /// <inheritdoc/>
    public object? RemovePropertyDynamicParameters(string path, string propertyName) => null;

    /// <inheritdoc/>
    public void RenameProperty(string path, string sourceProperty, string destinationProperty)
    {
        if (Key(path) is not { } key || !Changeable(key))
        {
            return;
        }
        if (Tree.GetValue(key, Stored(sourceProperty)) is not { } value)
        {
            NoProperty(sourceProperty, path);
        }
        else if (ShouldProcess($"Item: {path} SourceProperty: {sourceProperty} DestinationProperty: {destinationProperty}", "Rename Property"))
        {
            Tree.SetValue(key, Stored(destinationProperty), value);
            Tree.DeleteValue(key, Stored(sourceProperty));
        }
    }

    /// <inheritdoc/>
    public object? RenamePropertyDynamicParameters(string path, string sourceProperty, string destinationProperty) => null;

    /// <inheritdoc/>
    public void CopyProperty(string sourcePath, string sourceProperty, string destinationPath, string destinationProperty)
    {
        if (Key(sourcePath) is { } from && Key(destinationPath) is { } to && Changeable(to) && Tree.GetValue(from, Stored(sourceProperty)) is { } value)
        {
            Tree.SetValue(to, Stored(destinationProperty), value);
        }
    }

    /// <inheritdoc/>
    public object? CopyPropertyDynamicParameters(string sourcePath, string sourceProperty, string destinationPath, string destinationProperty) => null;

    /// <inheritdoc/>
    public void MoveProperty(string sourcePath, string sourceProperty, string destinationPath, string destinationProperty)
    {
        CopyProperty(sourcePath, sourceProperty, destinationPath, destinationProperty);
        RemoveProperty(sourcePath, sourceProperty);
    }

    /// <inheritdoc/>
    public object? MovePropertyDynamicParameters(string sourcePath, string sourceProperty, string destinationPath, string destinationProperty) => null;

    private static string Normal(string? path)
    {
        string full = (path ?? "").Replace('/', '\\').Trim('\\');
        while (full.Contains(@"\\", StringComparison.Ordinal))
        {
            full = full.Replace(@"\\", @"\", StringComparison.Ordinal);
        }
        return full;
    }

    private static bool IsKey(string path)
    {
        try
        {
            return path.Length > 0 && Tree.KeyExists(path);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // The empty path is the root above the hives.
    private static IReadOnlyList<string> SubKeys(string path) => path.Length == 0
        ? ["HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER", "HKEY_CLASSES_ROOT", "HKEY_CURRENT_CONFIG", "HKEY_USERS"]
        : Tree.SubKeyNames(path) ?? [];

    private static string Stored(string name) => name.Equals("(default)", StringComparison.OrdinalIgnoreCase) || name == "@" ? "" : name;

    private static string Shown(string name) => name.Length == 0 ? "(default)" : name;

    private string? Key(string path)
    {
        string key = Normal(path);
        if (IsKey(key))
        {
            return key;
        }
        WriteError(new ErrorRecord(
            new ItemNotFoundException($"Cannot find path '{path}' because it does not exist."), "PathNotFound", ErrorCategory.ObjectNotFound, path));
        return null;
    }

    private bool Changeable(string key)
    {
        if (SessionContext.Current.Program.IsAdmin || Normal(key).StartsWith("HKEY_CURRENT_USER", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }
        WriteError(new ErrorRecord(
            new System.Security.SecurityException("Requested registry access is not allowed."), "System.Security.SecurityException", ErrorCategory.PermissionDenied, key));
        return false;
    }

    private void Create(string key, object? value)
    {
        Tree.CreateKey(key);
        if (value is not null)
        {
            Tree.SetValue(key, "", RegistryData.From(value, RegistryValueKind.Unknown));
        }
        WriteItemObject(LabRegistryKey.Describe(key), key, true);
    }

    private void Write(string key, string path, string name, object? value, RegistryValueKind kind)
    {
        RegistryValue typed;
        try
        {
            // Without -Type the value keeps the type it has.
            if (kind == RegistryValueKind.Unknown && Tree.GetValue(key, Stored(name)) is { } present)
            {
                kind = present.Kind;
            }
            typed = RegistryData.From(value, kind);
        }
        catch (Exception error) when (error is ArgumentException or PSInvalidCastException)
        {
            WriteError(new ErrorRecord(error, error.GetType().FullName, ErrorCategory.WriteError, name));
            return;
        }
        Tree.SetValue(key, Stored(name), typed);
        var result = new PSObject();
        result.Properties.Add(new PSNoteProperty(name, typed.Data));
        WritePropertyObject(result, path);
    }

    private void Children(string path, bool recurse, uint depth)
    {
        foreach (string name in SubKeys(path))
        {
            if (Stopping)
            {
                return;
            }
            string child = WindowsPath.Combine(path, name);
            WriteItemObject(LabRegistryKey.Describe(child), child, true);
            if (recurse && depth > 0)
            {
                Children(child, true, depth - 1);
            }
        }
    }

    private static void Copy(string from, string to, bool recurse)
    {
        Tree.CreateKey(to);
        foreach ((string name, RegistryValue value) in Tree.Values(from) ?? [])
        {
            Tree.SetValue(to, name, value);
        }
        if (recurse)
        {
            foreach (string name in Tree.SubKeyNames(from) ?? [])
            {
                Copy(WindowsPath.Combine(from, name), WindowsPath.Combine(to, name), true);
            }
        }
    }

    private void NoProperty(string name, string path) => WriteError(new ErrorRecord(
        new PSArgumentException($"Property {name} does not exist at path {path}."), "System.Management.Automation.PSArgumentException", ErrorCategory.InvalidArgument, path));
}
