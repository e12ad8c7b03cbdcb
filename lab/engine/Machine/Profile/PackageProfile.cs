namespace Firebreak.Lab.Machines;

/// <summary>An installer as data.</summary>
public sealed record PackageProfile
{
    /// <summary>Id, e.g. kb4551762-1903-x64.</summary>
    public required string Package { get; init; }

    /// <summary>Usual file name.</summary>
    public required string File { get; init; }

    /// <summary>e.g. KB4551762.</summary>
    public required string Kb { get; init; }

    /// <summary>wusa (an .msu; the .cab inside is for dism); update, update2, hotfix (programs that install); msi, msp (for msiexec); tool (a copy of <see cref="Program"/>).</summary>
    public string Engine { get; init; } = "wusa";

    /// <summary>SHA-256 of the file's content in hex: this is how the installer recognises it.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Product code of an msi, or of what an msp is for.</summary>
    public string? Product { get; init; }

    /// <summary>Code of an msp.</summary>
    public string? Patch { get; init; }

    /// <summary>Subject of whoever signed it; null: Microsoft, empty: nobody.</summary>
    public string? Signer { get; init; }

    /// <summary>Of a tool: the program it is.</summary>
    public string? Program { get; init; }

    /// <summary>Whether effectsAtBoot wait for the boot; null: if the exit code is 3010.</summary>
    public bool? Reboot { get; init; }

    /// <summary>Exit code where it does not fit the machine.</summary>
    public int RefusedExitCode { get; init; } = 1603;

    /// <summary>Folder below SystemRoot for what it replaced; null: it cannot be taken back.</summary>
    public string? Uninstall { get; init; }

    /// <summary>Its log below SystemRoot, or null.</summary>
    public string? Log { get; init; }

    /// <summary>Name of the package in component based servicing; made from kb, arch and build if absent.</summary>
    public string? Cbs { get; init; }

    /// <summary>What must hold for it to be applicable.</summary>
    public PackageRequirements Requires { get; init; } = new();

    /// <summary>How long it runs, lab time.</summary>
    public double DurationSeconds { get; init; } = 5;

    /// <summary>Effects when it ends.</summary>
    public PackageEffects EffectsNow { get; init; } = new();

    /// <summary>Effects at the next boot; at once if no reboot is needed.</summary>
    public PackageEffects EffectsAtBoot { get; init; } = new();

    /// <summary>Entry of the list of hotfixes.</summary>
    public HotfixProfile? Hotfix { get; init; }

    /// <summary>Exit code of success: 3010 (restart needed) or 0.</summary>
    public int ExitCode { get; init; } = 3010;

    internal bool NeedsReboot => Reboot ?? (ExitCode == 3010);
}
