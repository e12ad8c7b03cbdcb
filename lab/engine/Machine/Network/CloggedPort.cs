using System.Net;
using System.Net.Sockets;

namespace Firebreak.Lab.Machines;

/// <summary>
/// A port that is silent to everyone without a packet filter, for systems that do not let the user attach one: its queue of
/// connections is full with one of its own and nobody takes it, so the kernel drops every further SYN.
/// </summary>
internal sealed class CloggedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _clog = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public CloggedPort(IPAddress address, int port)
    {
        try
        {
            _socket.Bind(new IPEndPoint(address, port));
            _socket.Listen(0);
            _clog.Connect(_socket.LocalEndPoint!);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Dispose()
    {
        _clog.Dispose();
        _socket.Dispose();
    }
}
