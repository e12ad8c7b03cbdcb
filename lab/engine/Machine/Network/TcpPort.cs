using System.Net;
using System.Net.Sockets;

namespace Firebreak.Lab.Machines;

/// <summary>One listening TCP socket: connections are taken, answered by what is behind the port, else held for a while without a word and closed.</summary>
internal sealed class TcpPort : IDisposable
{
    private static readonly TimeSpan s_hold = TimeSpan.FromSeconds(20);
    private readonly Socket _socket;
    private readonly HashSet<Socket> _held = [];
    private readonly Func<string, IPortTalk>? _talk;

    /// <param name="address">Where.</param>
    /// <param name="port">Where.</param>
    /// <param name="talk">What answers a connection from an address; null: nothing does.</param>
    public TcpPort(IPAddress address, int port, Func<string, IPortTalk>? talk = null)
    {
        _talk = talk;
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
        byte[] buffer = new byte[1024];
        try
        {
            IPortTalk? talk = _talk?.Invoke(((IPEndPoint)connection.RemoteEndPoint!).Address.ToString());
            PortEnd end = PortEnd.Open;
            while (end == PortEnd.Open && await connection.ReceiveAsync(buffer, limit.Token).ConfigureAwait(false) is > 0 and int count)
            {
                // Without anything behind the port, what is said is not answered.
                (byte[] bytes, end) = talk?.Take(buffer.AsSpan(0, count)) ?? new([]);
                for (int sent = 0; sent < bytes.Length;)
                {
                    sent += await connection.SendAsync(bytes.AsMemory(sent), limit.Token).ConfigureAwait(false);
                }
            }

            if (end == PortEnd.Reset)
            {
                connection.LingerState = new LingerOption(enable: true, 0);
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
