using System.Net;
using System.Net.Sockets;

namespace Firebreak.Lab.Machines;

/// <summary>One listening TCP socket: connections are taken, held for a while without a word, and closed.</summary>
internal sealed class TcpPort : IDisposable
{
    private static readonly TimeSpan s_hold = TimeSpan.FromSeconds(20);
    private readonly Socket _socket;
    private readonly HashSet<Socket> _held = [];

    public TcpPort(IPAddress address, int port)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(new IPEndPoint(address, port));
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Begins to listen; the rules hold from the first packet.</summary>
    public void Listen(PacketRules rules)
    {
        PacketFilter.Attach(_socket, rules);
        _socket.Listen(64);
        _ = Accept();
    }

    /// <summary>Changes the rules; connections made under the old ones end.</summary>
    public void SetRules(PacketRules rules)
    {
        PacketFilter.Attach(_socket, rules);
        DropHeld();
    }

    public void Dispose()
    {
        _socket.Dispose();
        DropHeld();
    }

    private void DropHeld()
    {
        lock (_held)
        {
            foreach (Socket held in _held)
            {
                held.Dispose();
            }

            _held.Clear();
        }
    }

    private async Task Accept()
    {
        while (true)
        {
            Socket connection;
            try
            {
                connection = await _socket.AcceptAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            lock (_held)
            {
                _held.Add(connection);
            }

            _ = Hold(connection);
        }
    }

    private async Task Hold(Socket connection)
    {
        using CancellationTokenSource limit = new(s_hold);
        byte[] buffer = new byte[256];
        try
        {
            while (await connection.ReceiveAsync(buffer, limit.Token).ConfigureAwait(false) > 0)
            {
                // What is said is not answered.
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Gone, or held long enough.
        }

        lock (_held)
        {
            _held.Remove(connection);
        }

        connection.Dispose();
    }
}
