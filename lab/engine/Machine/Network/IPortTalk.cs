namespace Firebreak.Lab.Machines;

/// <summary>What stands behind a listening port, for one connection: bytes in, bytes out. Without one a port listens and says nothing.</summary>
internal interface IPortTalk
{
    /// <summary>Takes what has come and says what goes back.</summary>
    PortReply Take(ReadOnlySpan<byte> data);
}
