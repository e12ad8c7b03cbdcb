using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Firebreak.Lab.Machines;

/// <summary>
/// Classic BPF on a listening socket (SO_ATTACH_FILTER): packets it does not accept vanish before TCP sees them, so the port
/// is silent to those sources. Most kernels ask no privilege for it; see <see cref="IsAvailable"/>.
/// </summary>
internal static class PacketFilter
{
    private const int SolSocket = 1;
    private const int SoAttachFilter = 26;
    private const int SoDetachFilter = 27;
    private const uint NetworkHeader = 0xfff00000;
    private const uint SourceAddress = NetworkHeader + 12;
    private const ushort LoadWord = 0x20;
    private const ushort LoadHalf = 0x28;
    private const ushort JumpAlways = 0x05;
    private const ushort JumpEqual = 0x15;
    private const ushort JumpGreater = 0x25;
    private const ushort JumpGreaterOrEqual = 0x35;
    private const ushort Return = 0x06;
    private static readonly Lazy<bool> s_available = new(Try);

    /// <summary>Whether this system lets this user attach filters.</summary>
    public static bool IsAvailable => s_available.Value;

    /// <summary>Puts the rules in force on the socket, in place of those it had.</summary>
    public static void Attach(Socket socket, PacketRules rules)
    {
        if (rules.IsEmpty)
        {
            try
            {
                socket.SetRawSocketOption(SolSocket, SoDetachFilter, new byte[4]);
            }
            catch (SocketException)
            {
                // ENOENT: it had none.
            }

            return;
        }

        if (!IsAvailable)
        {
            throw new LabRefusalException("right to filter packets by source on this system (SO_ATTACH_FILTER): run it as root");
        }

        AttachAlways(socket, rules);
    }

    internal static Instruction[] Compile(PacketRules rules)
    {
        List<Instruction> program = [];
        List<int> toSecond = [];
        foreach (PacketRule rule in rules.In)
        {
            Match(program, rule, () =>
            {
                toSecond.Add(program.Count);
                program.Add(new(JumpAlways, 0, 0, 0));
            });
        }

        foreach (int at in toSecond)
        {
            program[at] = program[at] with { Argument = (uint)(program.Count - at - 1) };
        }

        foreach (PacketRule rule in rules.Out)
        {
            Match(program, rule, () => program.Add(new(Return, 0, 0, uint.MaxValue)));
        }

        program.Add(new(Return, 0, 0, uint.MaxValue));
        return program.Count <= 4096 ? [.. program] : throw new LabRefusalException("room for so many filters on one port");
    }

    private static bool Try()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            AttachAlways(socket, PacketRules.Silent);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static unsafe void AttachAlways(Socket socket, PacketRules rules)
    {
        Instruction[] program = Compile(rules);
        fixed (Instruction* first = program)
        {
            Program header = new() { Length = (ushort)program.Length, First = first };
            socket.SetRawSocketOption(SolSocket, SoAttachFilter, new ReadOnlySpan<byte>(&header, sizeof(Program)));
        }
    }

    private static void Match(List<Instruction> program, PacketRule rule, Action pass)
    {
        // Each test that fails jumps behind the verdict, which is one instruction.
        bool port = rule.RemotePort != 0;
        byte rest = (byte)(port ? 2 : 0);
        program.Add(new(LoadWord, 0, 0, SourceAddress));
        program.Add(new(JumpGreaterOrEqual, 0, (byte)(2 + rest), rule.Remote.First));
        program.Add(new(JumpGreater, (byte)(1 + rest), 0, rule.Remote.Last));
        if (port)
        {
            program.Add(new(LoadHalf, 0, 0, 0));
            program.Add(new(JumpEqual, 0, 1, (uint)rule.RemotePort));
        }

        if (rule.Block)
        {
            program.Add(new(Return, 0, 0, 0));
        }
        else
        {
            pass();
        }
    }

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Argument);

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Program
    {
        public ushort Length;
        public Instruction* First;
    }
}
