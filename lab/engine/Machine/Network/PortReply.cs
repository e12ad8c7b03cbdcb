namespace Firebreak.Lab.Machines;

/// <summary>What a connection is answered.</summary>
/// <param name="Bytes">To be sent; may be none.</param>
/// <param name="End">What becomes of the connection then.</param>
internal readonly record struct PortReply(byte[] Bytes, PortEnd End = PortEnd.Open);
