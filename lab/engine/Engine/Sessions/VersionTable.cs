using System.Collections;
using System.Management.Automation;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary><c>$PSVersionTable</c> of a machine, as its version of PowerShell shows it.</summary>
internal static class VersionTable
{
    /// <summary>The variable's value.</summary>
    public static Hashtable Create(SessionContext context)
    {
        var table = new PSVersionHashTable(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, object value) in Entries(context))
        {
            table[name] = value;
        }
        return table;
    }

    /// <summary>The same for the application private data that a client gets when it opens a session.</summary>
    public static PSPrimitiveDictionary ForClient(SessionContext context)
    {
        var table = new PSPrimitiveDictionary();
        foreach ((string name, object value) in Entries(context))
        {
            switch (value)
            {
                case Version version:
                    table.Add(name, version);
                    break;
                case Version[] versions:
                    table.Add(name, versions.Select(v => (object)v).ToArray());
                    break;
                case string text:
                    table.Add(name, text);
                    break;
            }
        }
        return table;
    }

    private static IEnumerable<(string Name, object Value)> Entries(SessionContext context)
    {
        Version ps = context.PSVersion;
        OsIdentity os = context.Machine.Os;
        Version osBuild = Version.Parse($"{os.Version}.{os.Ubr}");
        yield return ("PSVersion", ps);
        if (ps.Major >= 5)
        {
            yield return ("PSEdition", context.Edition);
        }
        if (ps.Major >= 3)
        {
            Version[] all = [new(1, 0), new(2, 0), new(3, 0), new(4, 0), new(5, 0), new(5, 1)];
            yield return ("PSCompatibleVersions", all.Where(v => v < ps).Append(ps).Distinct().ToArray());
        }
        else
        {
            yield return ("PSCompatibleVersions", new[] { new Version(1, 0), new Version(2, 0) });
        }
        if (ps.Major <= 5)
        {
            yield return ("BuildVersion", ps.Major >= 3 ? new Version(Math.Max(osBuild.Major, 6), osBuild.Minor, osBuild.Build, osBuild.Revision) : new Version(6, 1, 7601, 17514));
            yield return ("CLRVersion", ps.Major >= 3 ? new Version(4, 0, 30319, 42000) : new Version(2, 0, 50727, 5420));
        }
        yield return ("WSManStackVersion", ps.Major >= 3 ? new Version(3, 0) : new Version(2, 0));
        yield return ("PSRemotingProtocolVersion", ps.Major >= 5 ? new Version(2, 3) : ps.Major >= 3 ? new Version(2, 2) : new Version(2, 1));
        yield return ("SerializationVersion", new Version(1, 1, 0, 1));
    }
}
