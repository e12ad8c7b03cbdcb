using System.Text.Json;
using System.Text.Json.Serialization;

namespace Firebreak.Lab.Machines;

/// <summary>A resolved profile: all that a machine is before its first boot. Its shape is described in this library's README.md.</summary>
public sealed record MachineProfile
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
    };

    /// <summary>NetBIOS name of the machine.</summary>
    public required string Name { get; init; }

    /// <summary>The operating system.</summary>
    public required OsProfile Os { get; init; }

    /// <summary>PowerShell on the machine; null = none.</summary>
    public PowerShellProfile? Powershell { get; init; }

    /// <summary>Local accounts by name.</summary>
    public IReadOnlyDictionary<string, AccountProfile> Accounts { get; init; } = new Dictionary<string, AccountProfile>();

    /// <summary>Who is logged on at the start.</summary>
    public IReadOnlyList<UserSessionProfile> LoggedOn { get; init; } = [];

    /// <summary>What of logons is audited: 0 nothing, 1 success, 2 failure, 3 both; null: as the system has it by default.</summary>
    public int? AuditLogon { get; init; }

    /// <summary>Fixed disks besides C: and their file systems; C: itself is NTFS unless it is named.</summary>
    public IReadOnlyDictionary<string, string> Disks { get; init; } = new Dictionary<string, string>();

    /// <summary>When accounts are locked out.</summary>
    public LockoutProfile Lockout { get; init; } = new();

    /// <summary>Services by key name.</summary>
    public IReadOnlyDictionary<string, ServiceProfile> Services { get; init; } = new Dictionary<string, ServiceProfile>();

    /// <summary>Listening ports and the services behind them.</summary>
    public ListensProfile Listens { get; init; } = new();

    /// <summary>Whether there are ADMIN$ and C$; null: as the system has them by default.</summary>
    public bool? AdminShares { get; init; }

    /// <summary>Programs that run from each boot on, without being services.</summary>
    public IReadOnlyList<ProcessProfile> Processes { get; init; } = [];

    /// <summary>Key → name → value.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> Registry { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, JsonElement>>();

    /// <summary>Path → file.</summary>
    public IReadOnlyDictionary<string, FileProfile> Files { get; init; } = new Dictionary<string, FileProfile>();

    /// <summary>Names of the programs on the machine.</summary>
    public IReadOnlyList<string> Programs { get; init; } = [];

    /// <summary>Packages whose content the machine's installers know.</summary>
    public IReadOnlyList<PackageProfile> Accepts { get; init; } = [];

    /// <summary>Ids of packages installed before the first boot.</summary>
    public IReadOnlyList<string> Installed { get; init; } = [];

    /// <summary>Ids of packages installed and waiting for the restart.</summary>
    public IReadOnlyList<string> PendingInstalled { get; init; } = [];

    /// <summary>Hotfixes that were there before, without a package behind them.</summary>
    public IReadOnlyList<InstalledHotfixProfile> Hotfixes { get; init; } = [];

    /// <summary>IPsec policies at the start.</summary>
    public IpsecProfile Ipsec { get; init; } = new();

    /// <summary>What the log System holds at the start.</summary>
    public EventLogProfile EventLog { get; init; } = new();

    /// <summary>Boot behaviour.</summary>
    public BootProfile Boot { get; init; } = new();

    /// <summary>Trouble the machine has from the start.</summary>
    public IReadOnlyList<TroubleProfile> Trouble { get; init; } = [];

    /// <summary>Further environment variables of the system.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads a profile.</summary>
    /// <exception cref="JsonException">Unknown or missing members, or wrong types.</exception>
    public static MachineProfile Parse(string json) => JsonSerializer.Deserialize<MachineProfile>(json, s_options) ?? throw new JsonException("a profile cannot be null");

    /// <summary>Reads a profile.</summary>
    /// <exception cref="JsonException">Unknown or missing members, or wrong types.</exception>
    public static MachineProfile Parse(JsonElement json) => json.Deserialize<MachineProfile>(s_options) ?? throw new JsonException("a profile cannot be null");
}
