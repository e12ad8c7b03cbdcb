namespace Firebreak.Lab.Machines;

/// <summary>What happens to packets between a local port and these remote addresses.</summary>
/// <param name="Remote">Remote addresses.</param>
/// <param name="RemotePort">Remote port; 0 = any.</param>
/// <param name="Block">Drop or pass.</param>
internal readonly record struct PacketRule(AddressRange Remote, int RemotePort, bool Block);
