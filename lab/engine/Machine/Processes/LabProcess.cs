namespace Firebreak.Lab.Machines;

/// <summary>A process as it is now.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ParentId">Its parent's id.</param>
/// <param name="Name">Image name, e.g. wusa.exe.</param>
/// <param name="Path">Full path of the image, or null.</param>
/// <param name="CommandLine">Its command line.</param>
/// <param name="Account">Account it runs as, e.g. NT AUTHORITY\SYSTEM.</param>
/// <param name="SessionId">Terminal session: 0 for services and remote sessions.</param>
/// <param name="StartedAt">Lab time of its start.</param>
public sealed record LabProcess(int Id, int ParentId, string Name, string? Path, string CommandLine, string Account, int SessionId, DateTimeOffset StartedAt);
