using System.Buffers.Binary;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>
/// One connection to the RPC endpoint mapper's port, as far as a caller without a logon gets: bind, and DCOM's activation
/// calls in NDR (C706 chapters 12 and 14, MS-DCOM 3.1.2.5.2.3). What it does not know is refused by the protocol's own means.
/// </summary>
internal sealed class RpcConnection : IPortTalk
{
    private const int HeaderBytes = 16;
    private const int CallHeaderBytes = 24;
    private const int MaxFragment = 5840;
    private const int MaxStub = 65536;
    private const byte Request = 0;
    private const byte Response = 2;
    private const byte Fault = 3;
    private const byte Bind = 11;
    private const byte BindAck = 12;
    private const byte BindNak = 13;
    private const byte First = 1;
    private const byte Last = 2;
    private const byte HasObject = 0x80;

    // C706 appendix E.
    private const uint OpnumOutOfRange = 0x1C010002;
    private const uint UnknownInterface = 0x1C010003;
    private const uint ProtocolError = 0x1C01000B;

    // RPC_S_CANNOT_SUPPORT, RPC_X_BAD_STUB_DATA, ERROR_ACCESS_DENIED.
    private const uint CannotSupport = 1764;
    private const uint BadStubData = 1783;
    private const uint Denied = 5;
    private const uint ObjectReferenceSignature = 0x574F454D;
    private static readonly Guid s_systemActivator = new("000001a0-0000-0000-c000-000000000046");
    private static readonly Guid s_remoteActivation = new("4d9f4ab8-7d1c-11cf-861e-0020af6e7c57");
    private static readonly Guid s_ndr = new("8a885d04-1ceb-11c9-9fe8-08002b104860");
    private readonly RpcEndpoint _endpoint;
    private readonly Action<string, uint> _called;
    private readonly Dictionary<ushort, Guid> _contexts = [];
    private readonly List<byte> _stub = [];
    private byte[] _held = [];
    private bool _inCall;

    /// <param name="endpoint">What answers.</param>
    /// <param name="called">Told of each call that was answered, with its HRESULT.</param>
    public RpcConnection(RpcEndpoint endpoint, Action<string, uint> called)
    {
        _endpoint = endpoint;
        _called = called;
    }

    /// <inheritdoc/>
    public PortReply Take(ReadOnlySpan<byte> data)
    {
        if (_endpoint.Oddity == RpcOddity.Silent)
        {
            return new([]);
        }

        _held = [.. _held, .. data];
        List<byte> answer = [];
        while (_held.Length >= HeaderBytes)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(_held.AsSpan(8));
            if (_held[0] != 5 || _held[1] > 1 || (_held[4] & 0xF0) != 0x10 || length is < HeaderBytes or > MaxFragment)
            {
                return new([.. answer], PortEnd.Closed);
            }

            if (_held.Length < length)
            {
                break;
            }

            byte[] pdu = _held[..length];
            _held = _held[length..];
            PortReply reply;
            try
            {
                reply = Answer(pdu);
            }
            catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException)
            {
                // Shorter than it says of itself.
                reply = new(FaultOf(pdu, ProtocolError), PortEnd.Closed);
            }

            answer.AddRange(reply.Bytes);
            if (reply.End != PortEnd.Open)
            {
                return new([.. answer], reply.End);
            }
        }

        return new([.. answer]);
    }

    private PortReply Answer(byte[] pdu) => pdu[2] switch
    {
        Bind when _endpoint.Oddity == RpcOddity.Garbage => new(Encoding.ASCII.GetBytes("HTTP/1.0 400 Bad Request\r\n\r\n")),

        // There is no authentication here (reason 8: of an unknown type).
        Bind when U16(pdu, 10) != 0 => new(Pdu(BindNak, pdu, First | Last, [8, 0, 1, 5, 0, 0, 0, 0])),
        Bind => new(Accept(pdu)),
        Request => Call(pdu),
        _ => new(FaultOf(pdu, ProtocolError), PortEnd.Closed),
    };

    private byte[] Accept(byte[] pdu)
    {
        List<byte> results = [];
        int count = pdu[24];
        int at = 28;
        for (int i = 0; i < count; i++)
        {
            ushort id = U16(pdu, at);
            int syntaxes = pdu[at + 2];
            Guid wanted = new(pdu.AsSpan(at + 4, 16));
            bool known = (wanted == s_systemActivator || wanted == s_remoteActivation) && U32(pdu, at + 20) == 0;
            at += 24;
            bool ndr = false;
            for (int j = 0; j < syntaxes; j++, at += 20)
            {
                ndr |= new Guid(pdu.AsSpan(at, 16)) == s_ndr && U32(pdu, at + 16) == 2;
            }

            if (known && ndr)
            {
                _contexts[id] = wanted;
            }

            // 2: refused by the provider; reason 1: no such interface, 2: no such transfer syntax.
            results.AddRange(known && ndr ? [0, 0, 0, 0] : [2, 0, (byte)(known ? 2 : 1), 0]);
            results.AddRange(known && ndr ? [.. s_ndr.ToByteArray(), 2, 0, 0, 0] : new byte[20]);
        }

        byte[] address = [4, 0, .. "135\0"u8, 0, 0];
        return Pdu(BindAck, pdu, First | Last, [.. Bytes(MaxFragment), .. Bytes(MaxFragment), 0x0D, 0x1B, 0, 0, .. address, (byte)count, 0, 0, 0, .. results]);
    }

    private PortReply Call(byte[] pdu)
    {
        bool first = (pdu[3] & First) != 0;
        if (first == _inCall || _stub.Count + pdu.Length > MaxStub)
        {
            return new(FaultOf(pdu, ProtocolError), PortEnd.Closed);
        }

        int start = CallHeaderBytes + ((pdu[3] & HasObject) != 0 ? 16 : 0);
        _stub.AddRange(pdu.AsSpan(start));
        _inCall = (pdu[3] & Last) == 0;
        if (_inCall)
        {
            return new([]);
        }

        byte[] stub = [.. _stub];
        _stub.Clear();
        if (!_contexts.TryGetValue(U16(pdu, 20), out Guid called))
        {
            return new(FaultOf(pdu, UnknownInterface));
        }

        return (called == s_systemActivator, U16(pdu, 22)) switch
        {
            (true, 3) => GetClassObject(pdu, stub),
            (false, 0) => Activate(pdu, stub),

            // Their other calls are not here; one past the last is no call at all.
            (true, <= 4) => new(FaultOf(pdu, CannotSupport)),
            _ => new(FaultOf(pdu, OpnumOutOfRange)),
        };
    }

    private PortReply GetClassObject(byte[] pdu, byte[] stub)
    {
        // ORPCTHIS without extensions, a pointer, and the object reference behind its size, twice.
        const int Reference = 44;
        if (stub.Length < Reference || U32(stub, 28) != 0 || U32(stub, 32) == 0 || U32(stub, 36) != U32(stub, 40) || U32(stub, 36) > stub.Length - Reference)
        {
            return new(FaultOf(pdu, BadStubData));
        }

        if (U32(stub, 36) >= 4 && U32(stub, Reference) == ObjectReferenceSignature)
        {
            return new(FaultOf(pdu, CannotSupport));
        }

        uint hresult = _endpoint.GetClassObject();
        return Reply(pdu, "RemoteGetClassObject", hresult, [.. new byte[12], .. Bytes(hresult)]);
    }

    private PortReply Activate(byte[] pdu, byte[] stub)
    {
        // ORPCTHIS, CLSID, and the name's pointer, size, offset and count.
        const int Name = 64;
        if (stub.Length < Name || U32(stub, 28) != 0 || U32(stub, 48) == 0 || U32(stub, 56) != 0 || U32(stub, 60) > U32(stub, 52) || U32(stub, 60) > (stub.Length - Name) / 2)
        {
            return new(FaultOf(pdu, BadStubData));
        }

        string name = Encoding.Unicode.GetString(stub, Name, (int)U32(stub, 60) * 2);
        if (!name.TrimEnd('\0').Contains('\0', StringComparison.Ordinal))
        {
            // A name that is one: real activation.
            return new(FaultOf(pdu, CannotSupport));
        }

        uint hresult = _endpoint.Activate();

        // ORPCTHAT, OXID, bindings, IPID, hint; version 5.6; the HRESULT; no interface; its HRESULT; the call's own status.
        byte[] body = [.. new byte[40], 5, 0, 6, 0, .. Bytes(hresult), 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, .. Bytes(hresult), 0, 0, 0, 0];
        return Reply(pdu, "RemoteActivation", hresult, body);
    }

    private PortReply Reply(byte[] pdu, string call, uint hresult, byte[] stub)
    {
        _called(call, hresult);
        byte[] whole = Pdu(Response, pdu, First | Last, [.. Bytes((uint)stub.Length), pdu[20], pdu[21], 0, 0, .. stub]);
        return _endpoint.Oddity switch
        {
            RpcOddity.Half => new(whole[..(whole.Length / 2)], PortEnd.Closed),
            RpcOddity.Reset => new([], PortEnd.Reset),
            RpcOddity.Fault => new(FaultOf(pdu, Denied)),
            RpcOddity.Short => new(Pdu(Response, pdu, First | Last, [.. Bytes(12u), pdu[20], pdu[21], 0, 0, .. stub[..12]])),
            _ => new(whole),
        };
    }

    private static byte[] FaultOf(byte[] pdu, uint status) =>
        Pdu(Fault, pdu, First | Last, [0, 0, 0, 0, 0, 0, 0, 0, .. Bytes(status), 0, 0, 0, 0]);

    /// <summary>A PDU in answer to another one, with its call id.</summary>
    private static byte[] Pdu(byte type, byte[] to, byte flags, byte[] body) =>
        [5, 0, type, flags, 0x10, 0, 0, 0, .. Bytes((ushort)(HeaderBytes + body.Length)), 0, 0, .. to.AsSpan(12, 4), .. body];

    private static byte[] Bytes(ushort value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] Bytes(uint value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
}
