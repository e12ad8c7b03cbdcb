using System.Security.Cryptography;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>
/// Packages a machine knows, has installed or has pending, and the one installer that may work at a time. A package is
/// recognised by the hash of its file alone. UBR and files change at the boot, as with real cumulative updates.
/// </summary>
public sealed partial class PackageCatalog
{
    internal const string CbsRebootPending = Cbs + @"\RebootPending";
    internal const string UpdateRebootRequired = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired";
    private const string Cbs = @"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing";
    private const int StateInstalled = 0x70;
    private const int StatePending = 0x60;
    private readonly Machine _machine;
    private readonly Dictionary<string, PackageState> _states = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Hotfix> _hotfixes = [];
    private readonly FileSwap _swap;
    private bool _busy;

    internal PackageCatalog(Machine machine, MachineProfile profile)
    {
        _machine = machine;
        Known = profile.Accepts;
        _swap = new FileSwap(machine);
        _hotfixes.AddRange(profile.Hotfixes.Select(h => new Hotfix(h.Id, h.Description, @"NT AUTHORITY\SYSTEM", h.InstalledOn, h.ServicePackInEffect)));
    }

    /// <summary>Packages whose content the installers recognise.</summary>
    public IReadOnlyList<PackageProfile> Known { get; }

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
                return _busy;
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

    /// <summary>The package that a file's content is, or null.</summary>
    public PackageProfile? Recognise(string path)
    {
        string hash = _machine.Files.Sha256(path);
        return Known.FirstOrDefault(p => p.Sha256.Equals(hash, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Content of the .cab inside a package's file.</summary>
    internal static byte[] CabinetOf(PackageProfile package) => Encoding.UTF8.GetBytes($"MSCF lab cabinet of {package.Package} {package.Sha256}\n");

    /// <summary>The package whose .cab this file is, or null.</summary>
    internal PackageProfile? RecogniseCabinet(string path)
    {
        string hash = _machine.Files.Sha256(path);
        return Known.FirstOrDefault(p => Convert.ToHexString(SHA256.HashData(CabinetOf(p))) == hash);
    }

    /// <summary>What stands in the way of installing a package.</summary>
    internal PackageVerdict Judge(PackageProfile package)
    {
        PackageRequirements requires = package.Requires;
        OsIdentity os = _machine.Os;
        if (StateOf(package.Package) is PackageState.Pending or PackageState.Leaving)
        {
            return PackageVerdict.Pending;
        }

        if (StateOf(package.Package) == PackageState.Installed)
        {
            return PackageVerdict.Installed;
        }

        if (!Fits(requires.Builds, os.Build) || !Fits(requires.ProductTypes, os.ProductType)
            || !Fits(requires.Arch, os.Arch, StringComparer.OrdinalIgnoreCase) || !Fits(requires.Language, os.Language, StringComparer.OrdinalIgnoreCase))
        {
            return PackageVerdict.NotApplicable;
        }

        if (requires.SupersededFromUbr is { } ubr && os.Ubr >= ubr)
        {
            return PackageVerdict.Installed;
        }

        return requires.Prerequisites.All(IsActive) ? PackageVerdict.Applicable : PackageVerdict.PrerequisiteMissing;
    }

    /// <summary>Does the installer's work on this thread: takes its time, may fail, hang or be killed half-way (then nothing has changed).</summary>
    /// <returns>The exit code, or null if another installer works.</returns>
    internal int? Install(PackageProfile package, string client, CancellationToken cancellation) => Work(package, () => Finish(package, client), cancellation);

    private int? Work(PackageProfile package, Action finish, CancellationToken cancellation)
    {
        lock (_machine.Gate)
        {
            if (_busy)
            {
                return null;
            }

            _busy = true;
        }

        int? exitCode = null;
        _machine.History.Add("package", ("package", package.Package), ("phase", "start"), ("exitCode", null));
        try
        {
            (int? fails, bool hangs) = _machine.Trouble.InstallerStarts();
            _machine.Clock.Sleep(hangs ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(package.DurationSeconds), cancellation);
            if (fails is null)
            {
                finish();
            }

            exitCode = fails ?? package.ExitCode;
            return exitCode;
        }
        finally
        {
            lock (_machine.Gate)
            {
                _busy = false;
            }

            _machine.History.Add("package", ("package", package.Package), ("phase", "end"), ("exitCode", exitCode));
        }
    }

    /// <summary>What the profile has installed or pending.</summary>
    internal void Furnish(MachineProfile profile)
    {
        foreach (string id in profile.Installed)
        {
            PackageProfile package = Find(id);
            Remember(package);
            Apply(package.EffectsNow);
            if (IsProduct(package))
            {
                ShowProduct(package);
            }

            if (IsUpdate(package))
            {
                Apply(package.EffectsAtBoot);
                Keep(package, []);
                ShowUpdate(package);
                SetState(package, PackageState.Installed);
                continue;
            }

            Activate(package);
        }

        _machine.Files.FurnishedAt = null;
        foreach (string id in profile.PendingInstalled)
        {
            PackageProfile package = Find(id);
            if (IsUpdate(package))
            {
                FinishUpdate(package, backup: true);
            }
            else
            {
                Finish(package, "WindowsUpdateAgent");
            }
        }
    }

    /// <summary>The boot: what was pending comes into effect.</summary>
    internal void Boot()
    {
        foreach (PackageProfile package in Ids(PackageState.Leaving).Select(Find))
        {
            BringBack(package);
        }

        foreach (string id in Pending)
        {
            PackageProfile package = Find(id);
            if (IsUpdate(package))
            {
                // Its files came with the renames that were pending.
                _machine.Registry.Apply(package.EffectsAtBoot.Registry);
                SetState(package, PackageState.Installed);
            }
            else
            {
                Activate(package);
            }
        }

        _machine.Registry.DeleteKey(UpdateExeVolatile);

        _machine.Registry.DeleteKey(CbsRebootPending);
        _machine.Registry.DeleteKey(UpdateRebootRequired);
    }

    private static bool Fits<T>(IReadOnlyList<T>? allowed, T value, IEqualityComparer<T>? comparer = null) => allowed is null || allowed.Contains(value, comparer);

    private bool IsActive(string prerequisite) =>
        Hotfixes.Any(h => h.Id.Equals(prerequisite, StringComparison.OrdinalIgnoreCase) || h.ServicePackInEffect.Equals(prerequisite, StringComparison.OrdinalIgnoreCase))
        || Known.Any(p => (p.Package.Equals(prerequisite, StringComparison.OrdinalIgnoreCase) || p.Kb.Equals(prerequisite, StringComparison.OrdinalIgnoreCase))
            && StateOf(p.Package) == PackageState.Installed);

    private PackageProfile Find(string id) =>
        Known.FirstOrDefault(p => p.Package.Equals(id, StringComparison.OrdinalIgnoreCase)) ?? throw new ArgumentException($"the machine accepts no package {id}");

    private void Finish(PackageProfile package, string client)
    {
        Remember(package);
        Apply(package.EffectsNow);
        if (IsProduct(package))
        {
            ShowProduct(package);
        }

        if (package.ExitCode != 3010)
        {
            Activate(package);
            return;
        }

        SetState(package, PackageState.Pending);
        if (IsProduct(package))
        {
            // Files in use, as for any installer.
            return;
        }

        SetCbs(package, StatePending, client);

        _machine.Registry.CreateKey(CbsRebootPending);
        _machine.Registry.CreateKey(UpdateRebootRequired);
    }

    private void Activate(PackageProfile package)
    {
        Apply(package.EffectsAtBoot);
        if (package.EffectsAtBoot.Ubr is { } ubr)
        {
            _machine.Os.Ubr = Math.Max(ubr, _machine.Os.Ubr);
            DerivedRegistry.SetUbr(_machine);
        }

        if (IsProduct(package))
        {
            SetState(package, PackageState.Installed);
            return;
        }

        SetCbs(package, StateInstalled, null);
        HotfixProfile hotfix = package.Hotfix ?? new HotfixProfile();
        DateOnly on = hotfix.InstalledOn ?? DateOnly.FromDateTime(_machine.LocalNow.DateTime);
        lock (_machine.Gate)
        {
            _states[package.Package] = PackageState.Installed;
            _hotfixes.Add(new(hotfix.Id ?? package.Kb, hotfix.Description, @"NT AUTHORITY\SYSTEM", on, hotfix.ServicePackInEffect));
        }
    }

    private void Apply(PackageEffects effects)
    {
        _machine.Registry.Apply(effects.Registry);
        foreach ((string path, FileProfile file) in effects.Files)
        {
            _machine.Files.Install(path, file);
        }
    }

    private void SetCbs(PackageProfile package, int state, string? client)
    {
        string name = StoreName(package);
        string key = $@"{Cbs}\Packages\{name}";
        long time = _machine.Clock.UtcNow.ToFileTime();
        _machine.Registry.SetValue(key, "CurrentState", RegistryValue.Dword(state));
        _machine.Registry.SetValue(key, "InstallName", RegistryValue.Sz(name + ".mum"));
        _machine.Registry.SetValue(key, "InstallTimeHigh", RegistryValue.Dword(time >> 32));
        _machine.Registry.SetValue(key, "InstallTimeLow", RegistryValue.Dword(time & uint.MaxValue));
        if (client is not null)
        {
            _machine.Registry.SetValue(key, "InstallClient", RegistryValue.Sz(client));
        }

        if (!_machine.Files.FileExists(ManifestOf(name)))
        {
            string text = $"<?xml version=\"1.0\" encoding=\"utf-8\"?><assembly xmlns=\"urn:schemas-microsoft-com:asm.v3\"><package identifier=\"{package.Kb}\" releaseType=\"{package.Hotfix?.Description ?? "Update"}\" restart=\"possible\" /></assembly>";
            _machine.Files.Install(ManifestOf(name), new FileProfile { Content = text });
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
