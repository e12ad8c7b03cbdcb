namespace Firebreak.Lab.Machines;

/// <summary>Something that goes wrong.</summary>
public sealed record TroubleProfile
{
    /// <summary>network-loss, installer-fails, installer-hangs, no-return, power-loss, rpc-crash, rpc-attack; rpc-silent, rpc-garbage, rpc-half, rpc-reset, rpc-fault or rpc-short.</summary>
    public required string Kind { get; init; }

    /// <summary>now, or installing (when the next installer starts); only for network-loss and power-loss.</summary>
    public string When { get; init; } = "now";

    /// <summary>Seconds after that moment.</summary>
    public double After { get; init; }

    /// <summary>Seconds it lasts; absent = for good (network-loss).</summary>
    public double? For { get; init; }

    /// <summary>Seconds from one rpc-attack to the next.</summary>
    public double Every { get; init; } = 30;

    /// <summary>Exit code of installer-fails.</summary>
    public int? ExitCode { get; init; }
}
