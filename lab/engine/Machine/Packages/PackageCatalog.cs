using System.Text.Json;

namespace Firebreak.Lab.Machines;

/// <summary>Packages a machine knows, has installed or has pending.</summary>
public sealed class PackageCatalog
{
    private readonly Machine _machine;
    private readonly List<PackageProfile> _known;
    private readonly Dictionary<string, PackageState> _states = [];
    private readonly List<Hotfix> _hotfixes = [];
    private readonly object? _installer = null;

    internal PackageCatalog(Machine machine, MachineProfile profile)
    {
        _machine = machine;
        _known = [.. profile.Accepts];
    }

    /// <summary>Packages whose content the installers recognise.</summary>
    public IReadOnlyList<PackageProfile> Known => _known;

    /// <summary>Ids of packages installed and active.</summary>
    public IReadOnlyList<string> Installed => Ids(PackageState.Installed);

    /// <summary>Ids of packages that wait for a restart.</summary>
    public IReadOnlyList<string> Pending => Ids(PackageState.Pending);

    /// <summary>Win32_QuickFixEngineering.</summary>
    public IReadOnlyList<Hotfix> Hotfixes
    {
        get
        {
            lock (_machine.Gate)
            {
                return [.. _hotfixes];
            }
        }
    }

    /// <summary>Whether an installer works now.</summary>
    public bool Busy
    {
        get
        {
            lock (_machine.Gate)
            {
                return _installer is not null;
            }
        }
    }

    /// <summary>State of a package by id.</summary>
    public PackageState StateOf(string package)
    {
        lock (_machine.Gate)
        {
            return _states.GetValueOrDefault(package);
        }
    }

    private string[] Ids(PackageState state)
    {
        lock (_machine.Gate)
        {
            return [.. _states.Where(s => s.Value == state).Select(s => s.Key).Order(StringComparer.Ordinal)];
        }
    }
}
