using System.Net;
using System.Net.Sockets;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>Connects to a machine's real socket from a source address.</summary>
internal static class Probe
{
    public static bool Answers(TestMachine test, int port, IPAddress source, int sourcePort = 0) => Connect(test, port, source, 10_000, sourcePort) == "open";

    public static bool Refuses(TestMachine test, int port, IPAddress source) => Connect(test, port, source, 10_000) == "refused";

    public static bool IsSilent(TestMachine test, int port, IPAddress source) => Connect(test, port, source, 400) == "silent";

    private static string Connect(TestMachine test, int port, IPAddress source, int patienceMs, int sourcePort = 0)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(source, sourcePort));
        int real = test.Machine.Ports.TcpMapping.GetValueOrDefault(port, port);

        // Loopback answers within a millisecond if it answers at all: silence is seen by its absence.
        using CancellationTokenSource patience = new(patienceMs);
        try
        {
            socket.ConnectAsync(new IPEndPoint(test.Address, real), patience.Token).AsTask().GetAwaiter().GetResult();
            return "open";
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return "refused";
        }
        catch (OperationCanceledException)
        {
            return "silent";
        }
    }
}
