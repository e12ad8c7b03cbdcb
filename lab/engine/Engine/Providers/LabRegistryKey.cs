using System.Management.Automation;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>What Get-Item and Get-ChildItem give for a key.</summary>
internal static class LabRegistryKey
{
    /// <summary>Describes a key by its provider path.</summary>
    public static PSObject Describe(string path)
    {
        RegistryTree tree = SessionContext.Current.Machine.Registry;
        var result = new PSObject(new LabKey(FullName(path), writable: SessionContext.Current.Program.IsAdmin));
        string[] values = [.. (tree.Values(path) ?? []).Select(v => v.Key.Length == 0 ? "(default)" : v.Key)];
        result.TypeNames.Insert(0, "Microsoft.Win32.RegistryKey");
        result.Properties.Add(new PSNoteProperty("Property", values));
        return result;
    }

    private static string FullName(string path)
    {
        int at = path.IndexOf('\\', StringComparison.Ordinal);
        string hive = (at < 0 ? path : path[..at]).ToUpperInvariant();
        return at < 0 ? hive : hive + path[at..];
    }
}
