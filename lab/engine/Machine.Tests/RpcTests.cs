using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Machines.Tests;

/// <summary>What a machine's RPC service answers to those who have not logged on.</summary>
public sealed class RpcTests
{
    private const string Ole32 = @"%SystemRoot%\system32\ole32.dll";
    private static readonly byte[] s_bind = Convert.FromHexString("05000b0310000000480000000100000" + "0d016d01600000000" + "0100000000000100" + "a001000000000000c00000000000004600000000" + "045d888aeb1cc9119fe808002b10486002000000");

    [Theory]
    [InlineData("5.0.2195.6600", RpcEndpoint.Failed, RpcEndpoint.ClassNotRegistered)]
    [InlineData("5.0.2195.6753", RpcEndpoint.Failed, RpcEndpoint.BadPath)]
    [InlineData("5.0.2195.6810", RpcEndpoint.InvalidObjectReference, RpcEndpoint.BadPath)]
    [InlineData("5.0.2195.6906", RpcEndpoint.InvalidObjectReference, RpcEndpoint.BadPath)]
    public void AnswersByTheVersionsOfItsFiles(string version, uint getClassObject, uint activate)
    {
        using TestMachine test = new(p => Windows2000(p, version));
        Assert.Equal(getClassObject, test.Machine.Rpc.GetClassObject());
        Assert.Equal(activate, test.Machine.Rpc.Activate());
    }

    [Fact]
    public void HasLoadedItsFilesAtTheBoot()
    {
        using TestMachine test = new(p => Windows2000(p, "5.0.2195.6600"));
        test.Machine.Files.Install(test.Machine.Files.Normalize(Ole32), new FileProfile { Version = "5.0.2195.6810", Size = 9 });
        Assert.Equal(RpcEndpoint.Failed, test.Machine.Rpc.GetClassObject());
        test.Reboot();
        Assert.Equal(RpcEndpoint.InvalidObjectReference, test.Machine.Rpc.GetClassObject());
    }

    [Fact]
    public void DeniesWhileDcomIsOffWhateverIsInstalled()
    {
        using TestMachine test = new(p => Windows2000(p, "5.0.2195.6810"));
        test.Machine.Registry.SetValue(@"HKLM\SOFTWARE\Microsoft\OLE", "EnableDCOM", RegistryValue.Sz("N"));
        Assert.Equal(RpcEndpoint.InvalidObjectReference, test.Machine.Rpc.GetClassObject());
        test.Reboot();
        Assert.Equal(RpcEndpoint.AccessDenied, test.Machine.Rpc.GetClassObject());
    }

    [Theory]
    [InlineData("5.1.2600", 1, false)]
    [InlineData("5.1.2600", 2, true)]
    [InlineData("5.2.3790", 0, false)]
    [InlineData("5.2.3790", 1, true)]
    [InlineData("5.0.2195", 4, false)]
    [InlineData("10.0.18362", 0, true)]
    public void LetsNobodyInFromXpSp2AndServer2003Sp1On(string version, int servicePack, bool denied)
    {
        using TestMachine test = new(p =>
        {
            p["os"]!["version"] = version;
            p["os"]!["servicePack"] = servicePack;
        });
        Assert.Equal(denied, test.Machine.Rpc.GetClassObject() == RpcEndpoint.AccessDenied);
    }

    [Fact]
    public void SpeaksOverItsPortInAnyPieces()
    {
        using TestMachine test = new(p => Windows2000(p, "5.0.2195.6810"));
        byte[] ack = Exchange(test, [s_bind])[0];
        Assert.Equal(12, ack[2]);
        byte[] whole = Exchange(test, [.. s_bind.Select(b => new[] { b })])[0];
        Assert.Equal(ack, whole);
        byte[][] answers = Exchange(test, [s_bind, Call(3, GetClassObject("no signature"))]);
        Assert.Equal(2, answers[1][2]);
        Assert.Equal(40, answers[1].Length);
        Assert.Equal(RpcEndpoint.InvalidObjectReference, BinaryPrimitives.ReadUInt32LittleEndian(answers[1].AsSpan(36)));
        Assert.Equal(1, test.Count("rpc", "hresult", "0x8001011D"));
    }

    [Theory]
    [InlineData(9, "", 0x1C010002u)]
    [InlineData(4, "", 1764u)]
    [InlineData(3, "", 1783u)]
    [InlineData(3, "MEOWMEOWMEOW", 1764u)]
    public void RefusesByAFaultWhatItHasNot(int opnum, string objectReference, uint status)
    {
        using TestMachine test = new(p => Windows2000(p, "5.0.2195.6810"));
        byte[] fault = Exchange(test, [s_bind, Call(opnum, objectReference.Length == 0 ? [] : GetClassObject(objectReference))])[1];
        Assert.Equal(3, fault[2]);
        Assert.Equal(status, BinaryPrimitives.ReadUInt32LittleEndian(fault.AsSpan(24)));
        Assert.Equal(0, test.Count("rpc"));
    }

    [Fact]
    public void RefusesAnInterfaceThatItHasNot()
    {
        using TestMachine test = new(p => Windows2000(p, "5.0.2195.6810"));
        byte[] bind = [.. s_bind];
        bind[32] = 0xff;
        byte[] ack = Exchange(test, [bind])[0];
        Assert.Equal([2, 0, 1, 0], ack[36..40]);
    }

    [Theory]
    [InlineData("47455420")]
    [InlineData("05000b0300000000480000000100000000")]
    [InlineData("05000b03100000000f0000000100000000")]
    [InlineData("05000b0310000000ffff00000100000000")]
    [InlineData("05000b031000000011000000010000000000000000")]
    [InlineData("05000e0310000000100000000100000000")]
    public void HangsUpOnWhatIsNoRpc(string hex)
    {
        using TestMachine test = new(p => Windows2000(p, "5.0.2195.6810"));
        byte[] sent = [.. Convert.FromHexString(hex), .. new byte[32]];
        RpcConnection connection = test.Machine.Rpc.Connect("127.0.0.1");
        Assert.Equal(PortEnd.Closed, connection.Take(sent).End);
    }

    [Theory]
    [InlineData("rpc-garbage", 0, "HTTP/")]
    [InlineData("rpc-half", 20, "")]
    [InlineData("rpc-fault", 32, "")]
    [InlineData("rpc-short", 36, "")]
    [InlineData("rpc-silent", 0, "")]
    [InlineData("rpc-reset", 0, "")]
    [InlineData("none", 40, "")]
    public void AnswersOddlyInTrouble(string trouble, int length, string bindAnswer)
    {
        using TestMachine test = new(p => Windows2000(p, "5.0.2195.6810"));
        test.Machine.Trouble.Add(new TroubleProfile { Kind = trouble == "none" ? "rpc-half" : trouble });
        if (trouble == "none")
        {
            test.Machine.Trouble.Clear();
        }

        RpcConnection connection = test.Machine.Rpc.Connect("127.0.0.1");
        PortReply bound = connection.Take(s_bind);
        Assert.StartsWith(bindAnswer, System.Text.Encoding.ASCII.GetString(bound.Bytes), StringComparison.Ordinal);
        PortReply reply = connection.Take(Call(3, GetClassObject("no signature")));
        Assert.Equal(trouble == "rpc-garbage" ? 32 : length, reply.Bytes.Length);
        Assert.Equal(trouble switch { "rpc-half" => PortEnd.Closed, "rpc-reset" => PortEnd.Reset, _ => PortEnd.Open }, reply.End);
    }

    private static void Windows2000(JsonObject p, string version)
    {
        Era.Windows2000(p);
        p["files"]![Ole32]!["version"] = version;
        JsonObject older = p["accepts"]![0]!.DeepClone().AsObject();
        older["package"] = "older";
        older["kb"] = "KB823980";
        older["sha256"] = new string('0', 64);
        older["effectsAtBoot"]!["files"]![Ole32]!["version"] = "5.0.2195.6753";
        p["accepts"]!.AsArray().Add(older);
    }

    private static byte[] GetClassObject(string objectReference) =>
        [5, 0, 6, 0, 1, .. new byte[7], .. Guid.NewGuid().ToByteArray(), 0, 0, 0, 0, 0, 0, 2, 0, (byte)objectReference.Length, 0, 0, 0, (byte)objectReference.Length, 0, 0, 0, .. System.Text.Encoding.ASCII.GetBytes(objectReference)];

    private static byte[] Call(int opnum, byte[] stub) =>
        [5, 0, 0, 3, 0x10, 0, 0, 0, (byte)(24 + stub.Length), 0, 0, 0, 2, 0, 0, 0, (byte)stub.Length, 0, 0, 0, 0, 0, (byte)opnum, 0, .. stub];

    /// <summary>Sends over the real port, and reads one PDU after each that was whole.</summary>
    private static byte[][] Exchange(TestMachine test, byte[][] pieces)
    {
        using TcpClient client = new();
        client.Connect(test.Address, test.Machine.Ports.TcpMapping[135]);
        client.NoDelay = true;
        using NetworkStream stream = client.GetStream();
        stream.ReadTimeout = 20_000;
        List<byte[]> answers = [];
        int sent = 0;
        int wanted = 0;
        foreach (byte[] piece in pieces)
        {
            wanted = sent == wanted && piece.Length >= 10 ? wanted + BinaryPrimitives.ReadUInt16LittleEndian(piece.AsSpan(8)) : Math.Max(wanted, s_bind.Length);
            stream.Write(piece);
            sent += piece.Length;
            if (sent == wanted)
            {
                byte[] header = new byte[16];
                stream.ReadExactly(header);
                byte[] rest = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(8)) - 16];
                stream.ReadExactly(rest);
                answers.Add([.. header, .. rest]);
            }
        }

        return [.. answers];
    }
}
