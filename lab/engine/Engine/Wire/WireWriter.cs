using System.Text.Json;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Engine.Wire;

/// <summary>Writes JSON lines, one at a time, to the fleet. Safe to call from any thread.</summary>
internal sealed class WireWriter(Stream output)
{
    private readonly object _gate = new();
    private readonly MemoryStream _line = new();
    private bool _broken;

    /// <summary>Answers the request <paramref name="id"/> with success.</summary>
    public void Reply(long id, JsonNode? result = null) => Answer(id, json =>
    {
        json.WriteNumber("reply", id);
        json.WriteBoolean("ok", true);
        json.WritePropertyName("result");
        (result ?? new JsonObject()).WriteTo(json);
    });

    /// <summary>Answers the request <paramref name="id"/> with an error.</summary>
    public void Refuse(long id, string code, string message) => Answer(id, json =>
    {
        json.WriteNumber("reply", id);
        json.WriteBoolean("ok", false);
        json.WriteStartObject("error");
        json.WriteString("code", code);
        json.WriteString("message", message);
        json.WriteEndObject();
    });

    /// <summary>PSRP fragments of a pipeline, or of the pool when <paramref name="command"/> is null.</summary>
    public void SessionData(Guid session, Guid? command, ReadOnlySpan<byte> data)
    {
        string encoded = Convert.ToBase64String(data);
        Write(json =>
        {
            json.WriteString("event", "session.data");
            WriteIds(json, session, command);
            json.WriteString("data", encoded);
        });
    }

    /// <summary>The pipeline has ended and all its data was sent.</summary>
    public void SessionDone(Guid session, Guid command) => Write(json =>
    {
        json.WriteString("event", "session.done");
        WriteIds(json, session, command);
    });

    /// <summary>Output of a text shell's command.</summary>
    public void TextData(Guid session, Guid command, string stream, ReadOnlySpan<byte> data)
    {
        string encoded = Convert.ToBase64String(data);
        Write(json =>
        {
            json.WriteString("event", "text.data");
            WriteIds(json, session, command);
            json.WriteString("stream", stream);
            json.WriteString("data", encoded);
        });
    }

    /// <summary>A text shell's command has ended and all its output was sent.</summary>
    public void TextDone(Guid session, Guid command, int exitCode) => Write(json =>
    {
        json.WriteString("event", "text.done");
        WriteIds(json, session, command);
        json.WriteNumber("exitCode", exitCode);
    });

    /// <summary>The session is gone.</summary>
    public void SessionClosed(Guid session, string reason) => Write(json =>
    {
        json.WriteString("event", "session.closed");
        json.WriteString("session", session.ToString());
        json.WriteString("reason", reason);
    });

    /// <summary>WinRM of a machine may listen.</summary>
    public void HostUp(string host) => Write(json =>
    {
        json.WriteString("event", "host.up");
        json.WriteString("host", host);
    });

    /// <summary>WinRM of a machine must stop listening.</summary>
    public void HostDown(string host, string why) => Write(json =>
    {
        json.WriteString("event", "host.down");
        json.WriteString("host", host);
        json.WriteString("why", why);
    });

    // A request without id is a notice: nobody waits for an answer.
    private void Answer(long id, Action<Utf8JsonWriter> fields)
    {
        if (id != 0)
        {
            Write(fields);
        }
    }

    private static void WriteIds(Utf8JsonWriter json, Guid session, Guid? command)
    {
        json.WriteString("session", session.ToString());
        if (command is { } id)
        {
            json.WriteString("command", id.ToString());
        }
        else
        {
            json.WriteNull("command");
        }
    }

    private void Write(Action<Utf8JsonWriter> fields)
    {
        lock (_gate)
        {
            if (_broken)
            {
                return;
            }
            _line.SetLength(0);
            // No validation: pipeline data is large, and all values come from the typed methods above.
            using (var json = new Utf8JsonWriter(_line, new JsonWriterOptions { SkipValidation = true }))
            {
                json.WriteStartObject();
                fields(json);
                json.WriteEndObject();
            }
            _line.WriteByte((byte)'\n');
            try
            {
                output.Write(_line.GetBuffer(), 0, (int)_line.Length);
                output.Flush();
            }
            catch (IOException)
            {
                // The fleet is gone; the reader sees the end of its input and stops the program.
                _broken = true;
            }
        }
    }
}
