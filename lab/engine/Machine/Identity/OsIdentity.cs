namespace Firebreak.Lab.Machines;

/// <summary>What the operating system is. UBR changes at the boot after an update.</summary>
public sealed class OsIdentity(OsProfile profile)
{
    /// <summary>Product name as in the registry, e.g. Windows 10 Enterprise.</summary>
    public string Product { get; } = profile.Product;

    /// <summary>Caption as in Win32_OperatingSystem, e.g. Microsoft Windows 10 Enterprise.</summary>
    public string Caption { get; } = profile.Caption;

    /// <summary>major.minor.build.</summary>
    public string Version { get; } = profile.Version;

    /// <summary>Build number, e.g. 18362.</summary>
    public int Build => int.Parse(Version.Split('.')[2], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Update build revision that runs now; 0 where the system has none.</summary>
    public int Ubr { get; internal set; } = profile.Ubr;

    /// <summary>ReleaseId, e.g. 1903, or null.</summary>
    public string? ReleaseId { get; } = profile.ReleaseId;

    /// <summary>EditionID, e.g. Enterprise.</summary>
    public string Edition { get; } = profile.Edition;

    /// <summary>Client, Server or Server Core.</summary>
    public string InstallationType { get; } = profile.InstallationType;

    /// <summary>ENU, JPN …: the language packages ask for.</summary>
    public string Language { get; } = profile.Language;

    /// <summary>e.g. ja-JP.</summary>
    public string Culture { get; } = profile.Culture;

    /// <summary>Folder of Windows, e.g. C:\WINNT.</summary>
    public string SystemRoot { get; } = profile.SystemRoot.TrimEnd('\\');

    /// <summary>SystemRoot\System32.</summary>
    public string System32 => SystemRoot + @"\System32";

    /// <summary>CurrentType in the registry.</summary>
    public string CurrentType { get; } = profile.CurrentType;

    /// <summary>ProductSuite, e.g. Terminal Server.</summary>
    public IReadOnlyList<string> Suites { get; } = profile.Suites;

    /// <summary>at or nec98.</summary>
    public string Platform { get; } = profile.Platform;

    /// <summary>major.minor, comparable.</summary>
    public Version Number { get; } = new(Part(profile.Version, 0), Part(profile.Version, 1));

    /// <summary>Windows 95 to Me: no services, no NT registry.</summary>
    public bool Is9x => Number.Major == 4 && Number.Minor >= 10;

    /// <summary>Before Vista.</summary>
    public bool IsLegacy => Number.Major < 6;

    /// <summary>x86, x64, ia64 or arm64.</summary>
    public string Arch { get; } = profile.Arch;

    /// <summary>1 workstation, 2 domain controller, 3 server.</summary>
    public int ProductType { get; } = profile.ProductType;

    /// <summary>Service pack level.</summary>
    public int ServicePack { get; } = profile.ServicePack;

    /// <summary>DNS domain the machine is joined to, or null.</summary>
    public string? Domain { get; } = profile.Domain;

    /// <summary>Workgroup, where there is no domain.</summary>
    public string Workgroup { get; } = profile.Workgroup;

    /// <summary>Local time = UTC + this.</summary>
    public TimeSpan UtcOffset { get; } = TimeSpan.FromMinutes(profile.UtcOffsetMinutes);

    /// <summary>PROCESSOR_ARCHITECTURE.</summary>
    public string Architecture => Arch switch { "x64" => "AMD64", "ia64" => "IA64", _ => Arch };

    /// <summary>Whether Windows is 64-bit.</summary>
    public bool Is64Bit => Arch != "x86";

    /// <summary>LCID as hex text of Win32_OperatingSystem.Locale, e.g. 0411.</summary>
    public string Locale => Culture.Equals("ja-JP", StringComparison.OrdinalIgnoreCase) ? "0411" : "0409";

    private static int Part(string version, int index) => int.Parse(version.Split('.')[index], System.Globalization.CultureInfo.InvariantCulture);
}
