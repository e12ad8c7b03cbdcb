using System.Globalization;
using System.Text.Json;

namespace Firebreak.Lab.Machines;

/// <summary>
/// Removal of packages of the component store and of the Windows Installer: the files and the revision from before come
/// back, at the boot where the package needs one. What is gone from the lists is gone at once.
/// </summary>
public sealed partial class PackageCatalog
{
    private const int StateUninstallPending = 5;
    private readonly Dictionary<string, Before> _before = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The name under which the component store lists a package.</summary>
    internal string StoreName(PackageProfile package)
    {
        string arch = _machine.Os.Arch == "x64" ? "amd64" : _machine.Os.Arch;
        return package.Cbs ?? string.Create(CultureInfo.InvariantCulture, $"Package_for_{package.Kb}~31bf3856ad364e35~{arch}~~{_machine.Os.Build}.1.1.0");
    }

    /// <summary>Removes a package of the component store or a product, on this thread.</summary>
    /// <returns>The exit code, or null if another installer works.</returns>
    /// <exception cref="LabRefusalException">A later update lies over it.</exception>
    internal int? Remove(PackageProfile package, CancellationToken cancellation)
    {
        if (Known.Any(p => p != package && StateOf(p.Package) != PackageState.Absent && p.EffectsAtBoot.Ubr > package.EffectsAtBoot.Ubr))
        {
            throw new LabRefusalException($"removal of {package.Kb} from under a later update");
        }

        return Work(package, () => FinishStoreRemoval(package), cancellation);
    }

    private void FinishStoreRemoval(PackageProfile package)
    {
        lock (_machine.Gate)
        {
            _hotfixes.RemoveAll(h => IsOf(package, h));
        }

        if (IsProduct(package))
        {
            HideProduct(package);
        }

        if (!package.NeedsReboot)
        {
            BringBack(package);
            return;
        }

        SetState(package, PackageState.Leaving);
        if (!IsProduct(package))
        {
            SetCbs(package, StateUninstallPending, null);
            _machine.Registry.CreateKey(CbsRebootPending);
        }
    }

    /// <summary>What a package is about to replace.</summary>
    private void Remember(PackageProfile package) =>
        _before[package.Package] = new(_machine.Os.Ubr, package.EffectsNow.Files.Keys.Concat(package.EffectsAtBoot.Files.Keys)
            .Select(p => _machine.Files.Normalize(p)).Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(p => (p, _machine.Files.Get(p))).ToArray());

    private void BringBack(PackageProfile package)
    {
        if (_before.Remove(package.Package, out Before? before))
        {
            foreach ((string path, FileEntry? entry) in before.Files)
            {
                if (entry is null)
                {
                    _machine.Files.Delete(path);
                }
                else
                {
                    _machine.Files.Install(path, new FileProfile { Version = entry.Version, Size = entry.Size, Modified = entry.Modified });
                }
            }

            if (package.EffectsAtBoot.Ubr is not null)
            {
                _machine.Os.Ubr = before.Ubr;
                DerivedRegistry.SetUbr(_machine);
            }
        }

        foreach ((string key, IReadOnlyDictionary<string, JsonElement> values) in package.EffectsNow.Registry)
        {
            foreach (string name in values.Keys)
            {
                _machine.Registry.DeleteValue(key, name);
            }

            if (_machine.Registry.Values(key) is { Count: 0 } && _machine.Registry.SubKeyNames(key) is { Count: 0 })
            {
                _machine.Registry.DeleteKey(key);
            }
        }

        if (!IsProduct(package))
        {
            string name = StoreName(package);
            _machine.Registry.DeleteKey($@"{Cbs}\Packages\{name}");
            _machine.Files.Delete(ManifestOf(name));
        }

        SetState(package, PackageState.Absent);
    }

    private string ManifestOf(string name) => $@"{_machine.Os.SystemRoot}\servicing\Packages\{name}.mum";

    private sealed record Before(int Ubr, (string Path, FileEntry? Entry)[] Files);
}
