using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>The WMI classes of the lab's machines.</summary>
internal static class WmiRepository
{
    private static readonly WmiClass[] Classes =
    [
        new OperatingSystemClass(), new ComputerSystemClass(), new ComputerSystemProductClass(), new QuickFixClass(), new ServiceClass(), new UserAccountClass(),
        new ProcessClass(), new LogicalDiskClass(), new RegistryClass(), new ScheduledJobClass(), new ShareClass(), new DataFileClass(),
        new FirewallProductClass(), new LogEventClass(), new GroupClass(), new GroupUserClass(), new NetworkLoginProfileClass(), new LogonSessionClass(), new LoggedOnUserClass(),
    ];

    /// <summary>Finds a class.</summary>
    /// <exception cref="WmiException">Windows would say there is none.</exception>
    /// <exception cref="LabRefusalException">Windows has it, the lab does not.</exception>
    public static WmiClass Find(string name, string? space)
    {
        string wanted = (space ?? @"root\cimv2").Replace('/', '\\').Trim('\\').ToLowerInvariant();
        if (wanted.StartsWith(@"root\mscluster", StringComparison.Ordinal))
        {
            // The namespace of the failover cluster feature, which no machine of the lab has.
            throw WmiException.InvalidNamespace(wanted);
        }
        if (wanted == @"root\securitycenter")
        {
            // That of XP SP2, with which no product of the lab has registered.
            throw WmiException.InvalidNamespace(wanted);
        }
        if (wanted is not (@"root\cimv2" or @"root\default" or FirewallProductClass.Space))
        {
            throw new LabRefusalException("WMI namespace " + wanted);
        }
        if (Classes.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return known.Namespaces.Contains(wanted) ? known : throw WmiException.InvalidClass(name);
        }
        bool windows = name.StartsWith("Win32_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("CIM_", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("__", StringComparison.Ordinal) || name.StartsWith("Msft_", StringComparison.OrdinalIgnoreCase);
        throw windows ? new LabRefusalException("WMI class " + name) : WmiException.InvalidClass(name);
    }
}
