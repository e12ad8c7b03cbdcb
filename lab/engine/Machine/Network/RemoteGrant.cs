namespace Firebreak.Lab.Machines;

/// <summary>The way to another machine, open: what is done there is done as <paramref name="Context"/>.</summary>
/// <param name="Target">The other machine (or the source itself).</param>
/// <param name="Context">As whom: over the network, so not further on.</param>
public sealed record RemoteGrant(Machine Target, ProgramContext Context);
