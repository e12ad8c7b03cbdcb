namespace Firebreak.Lab.Machines;

/// <summary>The profile's os.</summary>
public sealed record OsProfile
{
    /// <summary>ProductName, e.g. Windows 10 Enterprise.</summary>
    public required string Product { get; init; }

    /// <summary>Win32_OperatingSystem.Caption.</summary>
    public required string Caption { get; init; }

    /// <summary>major.minor.build.</summary>
    public required string Version { get; init; }

    /// <summary>Update build revision; 0 = the system has none.</summary>
    public int Ubr { get; init; }

    /// <summary>ReleaseId, e.g. 1903.</summary>
    public string? ReleaseId { get; init; }

    /// <summary>EditionID.</summary>
    public required string Edition { get; init; }

    /// <summary>Client, Server or Server Core.</summary>
    public string InstallationType { get; init; } = "Client";

    /// <summary>ENU, JPN ….</summary>
    public string Language { get; init; } = "ENU";

    /// <summary>en-US, ja-JP ….</summary>
    public string Culture { get; init; } = "en-US";

    /// <summary>Folder of Windows, e.g. C:\WINNT.</summary>
    public string SystemRoot { get; init; } = @"C:\Windows";

    /// <summary>CurrentType in the registry.</summary>
    public string CurrentType { get; init; } = "Multiprocessor Free";

    /// <summary>ProductSuite, e.g. Terminal Server.</summary>
    public IReadOnlyList<string> Suites { get; init; } = [];

    /// <summary>at, or nec98 for NEC PC-9800 computers.</summary>
    public string Platform { get; init; } = "at";

    /// <summary>x86, x64, ia64 or arm64.</summary>
    public string Arch { get; init; } = "x64";

    /// <summary>1 workstation, 2 domain controller, 3 server.</summary>
    public int ProductType { get; init; } = 1;

    /// <summary>Service pack level.</summary>
    public int ServicePack { get; init; }

    /// <summary>DNS domain, or null for a workgroup.</summary>
    public string? Domain { get; init; }

    /// <summary>Workgroup.</summary>
    public string Workgroup { get; init; } = "WORKGROUP";

    /// <summary>Local time minus UTC.</summary>
    public int UtcOffsetMinutes { get; init; }
}
