using System.Collections.Concurrent;
using System.Management.Automation.Internal;
using System.Management.Automation.Remoting.Client;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml;

namespace Firebreak.Lab.Engine.Tests;

/// <summary>Translates between the text packets of Microsoft's out-of-process client and the engine's wire.</summary>
public sealed class WireTransport : ClientSessionTransportManagerBase
{
    private readonly EngineProcess _engine;
    private readonly string _host;
    private readonly string _auth;
    private readonly Guid _session;
    private readonly ConcurrentDictionary<Guid, bool> _created = new();
    private readonly BlockingCollection<string> _packets = [];
    private bool _open;

    /// <summary>Makes the transport of one session.</summary>
    public WireTransport(EngineProcess engine, string host, string auth, Guid session, PSRemotingCryptoHelper crypto)
        : base(session, crypto)
    {
        _engine = engine;
        _host = host;
        _auth = auth;
        _session = session;
    }

    /// <inheritdoc/>
    public override void CreateAsync()
    {
        _engine.Event += OnEvent;
        SetMessageWriter(new PacketWriter(_packets));
        new Thread(Pump) { IsBackground = true }.Start();
        SendOneItem();
    }

    /// <inheritdoc/>
    protected override void CleanupConnection()
    {
        _engine.Event -= OnEvent;
        _packets.CompleteAdding();
    }

    private static string Ack(string kind, Guid id) => $"<{kind} PSGuid='{id}' />";

    private void Pump()
    {
        foreach (string packet in _packets.GetConsumingEnumerable())
        {
            Forward(packet);
        }
    }

    private void Forward(string packet)
    {
        var xml = new XmlDocument();
        xml.LoadXml(packet);
        XmlElement element = xml.DocumentElement!;
        Guid id = Guid.Parse(element.GetAttribute("PSGuid"));
        switch (element.Name)
        {
            case "Data":
                string stream = element.GetAttribute("Stream") == "PromptResponse" ? "pr" : "stdin";
                Task<JsonObject> sent;
                if (id == Guid.Empty && !_open)
                {
                    _open = true;
                    sent = _engine.Send("session.open", Fields(null, ("host", _host), ("user", "Administrator"), ("auth", _auth), ("configuration", "Microsoft.PowerShell"), ("clientAddress", "127.0.0.1"), ("data", element.InnerText)));
                }
                else if (id != Guid.Empty && _created.TryUpdate(id, true, false))
                {
                    sent = _engine.Send("session.command", Fields(id, ("data", element.InnerText)));
                }
                else
                {
                    sent = _engine.Send("session.send", Fields(id == Guid.Empty ? null : id, ("stream", stream), ("data", element.InnerText)));
                }
                sent.ContinueWith(reply => Answer(reply.Result, Ack("DataAck", id)), TaskScheduler.Default);
                break;
            case "Command":
                _created[id] = false;
                HandleOutputDataReceived(Ack("CommandAck", id));
                break;
            case "Signal":
                _engine.Send("session.signal", Fields(id, ("code", "ctrl_c"))).ContinueWith(_ => HandleOutputDataReceived(Ack("SignalAck", id)), TaskScheduler.Default);
                break;
            case "Close" when id == Guid.Empty:
                _engine.Send("session.close", Fields(null)).ContinueWith(_ => HandleOutputDataReceived(Ack("CloseAck", id)), TaskScheduler.Default);
                break;
            case "Close":
                _engine.Send("session.signal", Fields(id, ("code", "terminate"))).ContinueWith(_ => HandleOutputDataReceived(Ack("CloseAck", id)), TaskScheduler.Default);
                break;
        }
    }

    private void Answer(JsonObject reply, string ack)
    {
        if (reply["ok"]!.GetValue<bool>())
        {
            HandleOutputDataReceived(ack);
        }
        else
        {
            HandleErrorDataReceived(reply["error"]!.ToJsonString());
        }
    }

    private JsonObject Fields(Guid? command, params (string Name, string Value)[] fields)
    {
        var result = new JsonObject { ["session"] = _session.ToString(), ["command"] = command?.ToString() };
        foreach ((string name, string value) in fields)
        {
            result[name] = value;
        }
        return result;
    }

    private void OnEvent(JsonObject message)
    {
        if (message["session"]?.GetValue<string>() != _session.ToString())
        {
            return;
        }
        switch (message["event"]!.GetValue<string>())
        {
            case "session.data":
                Guid id = message["command"] is { } command ? Guid.Parse(command.GetValue<string>()) : Guid.Empty;
                HandleOutputDataReceived($"<Data Stream='Default' PSGuid='{id}'>{message["data"]!.GetValue<string>()}</Data>");
                break;
            case "session.closed":
                HandleErrorDataReceived(message["reason"]!.GetValue<string>());
                break;
        }
    }

    private sealed class PacketWriter(BlockingCollection<string> packets) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            if (!packets.IsAddingCompleted)
            {
                packets.Add(value!);
            }
        }
    }
}
