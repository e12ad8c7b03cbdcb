using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>Packages before Vista: keys at once, files in use at the boot, a folder to take it back from, a log.</summary>
public sealed partial class PackageCatalog
{
    internal const string UpdateExeVolatile = @"HKLM\SOFTWARE\Microsoft\Updates\UpdateExeVolatile";

    /// <summary>The package that a file takes back, or null.</summary>
    internal PackageProfile? RecogniseUninstaller(string path)
    {
        string hash = _machine.Files.Sha256(path);
        return Known.FirstOrDefault(p => p.Uninstall is not null && Convert.ToHexString(SHA256.HashData(UninstallerOf(p))) == hash);
    }

    /// <summary>Why an update does not fit the machine, in the words of its log; null: it does.</summary>
    internal string? JudgeUpdate(PackageProfile package)
    {
        PackageRequirements requires = package.Requires;
        OsIdentity os = _machine.Os;
        if (!FitsEdition(requires, os))
        {
            return "The version of Windows you have installed does not match the update you are trying to install.";
        }

        if (!Fits(requires.Language, os.Language, StringComparer.OrdinalIgnoreCase))
        {
            return "Setup cannot update your Windows files because the language installed on your system is different from the update language.";
        }

        if (!Fits(requires.ServicePacks, os.ServicePack))
        {
            return "Setup has detected that the Service Pack version of this system is not one that this update is for.";
        }

        return requires.Prerequisites.All(IsActive) ? null : "Setup has detected that a prerequisite of this update is missing.";
    }

    /// <summary>Whether a package is for this system in this service pack, whatever its language.</summary>
    internal static bool FitsSystem(PackageRequirements requires, OsIdentity os) => FitsEdition(requires, os) && Fits(requires.ServicePacks, os.ServicePack);

    private static bool FitsEdition(PackageRequirements requires, OsIdentity os) =>
        Fits(requires.Builds, os.Build) && Fits(requires.ProductTypes, os.ProductType) && Fits(requires.Arch, os.Arch, StringComparer.OrdinalIgnoreCase)
        && (requires.Platform is not { } platform || platform == os.Platform)
        && requires.Suites.All(s => os.Suites.Contains(s, StringComparer.OrdinalIgnoreCase)) && !requires.NoSuites.Any(s => os.Suites.Contains(s, StringComparer.OrdinalIgnoreCase));

    /// <summary>Does the installer's work on this thread.</summary>
    /// <returns>The exit code, or null if another installer works.</returns>
    internal int? InstallUpdate(PackageProfile package, bool backup, CancellationToken cancellation) => Work(package, () => FinishUpdate(package, backup), cancellation);

    /// <summary>Takes an update back on this thread.</summary>
    /// <returns>The exit code, or null if another installer works.</returns>
    internal int? RemoveUpdate(PackageProfile package, CancellationToken cancellation) => Work(package, () => FinishRemoval(package), cancellation);

    /// <summary>Adds to the log of a package.</summary>
    internal void Log(PackageProfile package, string text)
    {
        if (package.Log is { } name)
        {
            string stamp = _machine.LocalNow.ToString("yyyy/MM/dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
            _machine.Files.WriteText($@"{_machine.Os.SystemRoot}\{name}", $"{stamp} (local)\r\n{text}\r\n", FileMode.Append);
        }
    }

    private static bool IsUpdate(PackageProfile package) => package.Engine is "update" or "update2" or "hotfix";

    private static byte[] UninstallerOf(PackageProfile package) => Encoding.UTF8.GetBytes($"MZ lab uninstaller of {package.Package} {package.Sha256}\n");

    private void FinishUpdate(PackageProfile package, bool backup)
    {
        (string Path, FileProfile File)[] news = [.. package.EffectsAtBoot.Files.Where(f => !_swap.IsCurrent(f.Key, f.Value)).Select(f => (_machine.Files.Normalize(f.Key), f.Value))];
        if (backup)
        {
            Keep(package, [.. news.Select(n => n.Path)]);
        }

        Apply(package.EffectsNow);
        ShowUpdate(package);
        foreach ((string path, FileProfile file) in news)
        {
            if (package.NeedsReboot && _machine.Files.FileExists(path))
            {
                _swap.Stage(path, file);
            }
            else
            {
                _machine.Files.Install(path, file);
            }
        }

        if (!package.NeedsReboot)
        {
            _machine.Registry.Apply(package.EffectsAtBoot.Registry);
        }
        else if (package.Engine != "hotfix")
        {
            _machine.Registry.SetValue(UpdateExeVolatile, "Flags", RegistryValue.Dword(1));
        }

        SetState(package, package.NeedsReboot ? PackageState.Pending : PackageState.Installed);
        Log(package, string.Concat(news.Select(n => $"Copied file:  {n.Path}\r\n")) + $"{package.Kb} Setup completed.");
    }

    private void FinishRemoval(PackageProfile package)
    {
        string folder = FolderOf(package);
        foreach (string path in package.EffectsAtBoot.Files.Keys.Select(p => _machine.Files.Normalize(p)))
        {
            string kept = $@"{folder}\{FilePath.Leaf(path)}";
            if (_machine.Files.FileExists(kept))
            {
                _swap.StageCopy(kept, path);
            }
        }

        foreach (string key in package.EffectsNow.Registry.Keys)
        {
            _machine.Registry.DeleteKey(key);
        }

        _swap.DeleteLater(folder);
        if (package.Engine != "hotfix")
        {
            _machine.Registry.SetValue(UpdateExeVolatile, "Flags", RegistryValue.Dword(1));
        }

        lock (_machine.Gate)
        {
            _hotfixes.RemoveAll(h => IsOf(package, h));
        }

        SetState(package, PackageState.Absent);
        Log(package, $"{package.Kb} uninstall completed.");
    }

    private string FolderOf(PackageProfile package) => $@"{_machine.Os.SystemRoot}\{package.Uninstall ?? $"$NtUninstall{package.Kb}$"}";

    // What it replaces, and the program that gives it back. A second run keeps what the first one kept.
    private void Keep(PackageProfile package, string[] paths)
    {
        if (package.Uninstall is null)
        {
            return;
        }

        string folder = FolderOf(package);
        string program = package.Engine == "hotfix" ? $@"{folder}\hotfix.exe" : $@"{folder}\spuninst\spuninst.exe";
        _machine.Files.CreateFolder(FilePath.Parent(program));
        foreach (string path in paths.Where(p => _machine.Files.FileExists(p) && !_machine.Files.FileExists($@"{folder}\{FilePath.Leaf(p)}")))
        {
            _machine.Files.Copy(path, $@"{folder}\{FilePath.Leaf(path)}");
        }

        _machine.Files.WriteBytes(program, UninstallerOf(package));
    }

    private static bool IsOf(PackageProfile package, Hotfix hotfix) =>
        hotfix.Id == (package.Hotfix?.Id ?? package.Kb) && hotfix.ServicePackInEffect == (package.Hotfix?.ServicePackInEffect ?? "");

    private void ShowUpdate(PackageProfile package)
    {
        HotfixProfile hotfix = package.Hotfix ?? new HotfixProfile();
        DateOnly on = hotfix.InstalledOn ?? DateOnly.FromDateTime(_machine.LocalNow.DateTime);
        lock (_machine.Gate)
        {
            _hotfixes.RemoveAll(h => IsOf(package, h));
            _hotfixes.Add(new(hotfix.Id ?? package.Kb, hotfix.Description, @"NT AUTHORITY\SYSTEM", on, hotfix.ServicePackInEffect));
        }
    }

    private void SetState(PackageProfile package, PackageState state)
    {
        lock (_machine.Gate)
        {
            _states[package.Package] = state;
        }
    }
}
