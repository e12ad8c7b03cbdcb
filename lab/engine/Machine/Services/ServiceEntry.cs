namespace Firebreak.Lab.Machines;

/// <summary>A service as it is now.</summary>
/// <param name="Name">Key name, e.g. LanmanServer.</param>
/// <param name="DisplayName">Display name, in the language of the system if the profile says so.</param>
/// <param name="State">Its state.</param>
/// <param name="Start">Its start type (as in the registry).</param>
/// <param name="Account">The account it runs as, e.g. LocalSystem.</param>
/// <param name="ProcessId">Its process, 0 when stopped.</param>
/// <param name="StartedAt">Lab time of its last start, null when stopped.</param>
/// <param name="DependsOn">Services it needs.</param>
/// <param name="CanStop">Whether it accepts a stop.</param>
/// <param name="ImagePath">Its command line.</param>
public sealed record ServiceEntry(
    string Name,
    string DisplayName,
    ServiceState State,
    ServiceStart Start,
    string Account,
    int ProcessId,
    DateTimeOffset? StartedAt,
    IReadOnlyList<string> DependsOn,
    bool CanStop,
    string ImagePath);
