namespace Firebreak.Lab.Machines;

/// <summary>
/// What the RPC service of a machine answers to somebody who has not logged on: the two activation calls that scanners of
/// MS03-026 and MS03-039 make. Answers follow from the files that the service has loaded at the boot, from EnableDCOM at
/// that time, and from the system. The HRESULTs of unpatched machines are made up; those of others are documented.
/// </summary>
public sealed class RpcEndpoint
{
    /// <summary>E_ACCESSDENIED.</summary>
    public const uint AccessDenied = 0x80070005;

    /// <summary>E_INVALIDARG.</summary>
    public const uint InvalidArgument = 0x80070057;

    /// <summary>RPC_E_INVALID_OBJREF.</summary>
    public const uint InvalidObjectReference = 0x8001011D;

    /// <summary>CO_E_BAD_PATH.</summary>
    public const uint BadPath = 0x80080004;

    /// <summary>E_FAIL: made up.</summary>
    public const uint Failed = 0x80004005;

    /// <summary>REGDB_E_CLASSNOTREG: made up.</summary>
    public const uint ClassNotRegistered = 0x80040154;

    private static readonly string[] s_files = ["ole32.dll", "rpcss.dll", "rpcss.exe"];
    private readonly Machine _machine;
    private Dictionary<string, Version> _loaded = new(StringComparer.OrdinalIgnoreCase);

    internal RpcEndpoint(Machine machine)
    {
        _machine = machine;
    }

    /// <summary>What is wrong with it.</summary>
    internal RpcOddity Oddity { get; set; }

    /// <summary>The answer to RemoteGetClassObject with an object reference that is none.</summary>
    public uint GetClassObject() => this switch
    {
        { IsDenied: true } => AccessDenied,
        _ when Has("KB824146") => _machine.Os.Number.Major == 4 ? InvalidArgument : InvalidObjectReference,
        _ => Failed,
    };

    /// <summary>The answer to RemoteActivation with a name that is none.</summary>
    public uint Activate() => this switch
    {
        { IsDenied: true } => AccessDenied,
        _ when Has("KB823980") || Has("KB824146") => BadPath,
        _ => ClassNotRegistered,
    };

    /// <summary>A connection to its port.</summary>
    /// <param name="from">Address of the other side.</param>
    internal RpcConnection Connect(string from) => new(this, (call, hresult) =>
        _machine.History.Add("rpc", ("call", call), ("hresult", $"0x{hresult:X8}"), ("from", from)));

    /// <summary>The service has loaded its files.</summary>
    internal void Booted()
    {
        Dictionary<string, Version> loaded = new(StringComparer.OrdinalIgnoreCase);
        foreach (string name in s_files)
        {
            if (VersionOf(_machine.Files.Get($@"{_machine.Os.System32}\{name}")?.Version) is { } version)
            {
                loaded[name] = version;
            }
        }

        _loaded = loaded;
    }

    /// <summary>Whether somebody without a logon gets at the hole that KB824146 closes.</summary>
    internal bool IsVulnerable => !IsDenied && !Has("KB824146");

    // DCOM off; or a system that lets nobody in without a logon: XP SP2, Server 2003 SP1 and whatever came later.
    private bool IsDenied => !_machine.DcomEnabled || (_machine.Os.Number.Major, _machine.Os.Number.Minor) switch
    {
        ( >= 6, _) => true,
        (5, 2) => _machine.Os.ServicePack >= 1,
        (5, 1) => _machine.Os.ServicePack >= 2,
        _ => false,
    };

    private static Version? VersionOf(string? text) => Version.TryParse(text, out Version? version) ? version : null;

    /// <summary>Whether what is loaded is at least what a package for this machine installs.</summary>
    private bool Has(string kb) => _machine.Packages.Known.Any(p => p.Kb.Equals(kb, StringComparison.OrdinalIgnoreCase)
        && PackageCatalog.FitsSystem(p.Requires, _machine.Os) && IsLoaded(p.EffectsAtBoot.Files));

    private bool IsLoaded(IReadOnlyDictionary<string, FileProfile> files)
    {
        Dictionary<string, Version> loaded = _loaded;
        (string Name, Version? Version)[] deciding =
        [
            .. files.Select(f => (Name: FilePath.Leaf(f.Key), Version: VersionOf(f.Value.Version)))
                .Where(f => s_files.Contains(f.Name, StringComparer.OrdinalIgnoreCase)),
        ];
        return deciding.Length > 0 && deciding.All(f => f.Version is not null && loaded.TryGetValue(f.Name, out Version? version) && version >= f.Version);
    }
}
