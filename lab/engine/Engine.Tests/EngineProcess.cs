using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Firebreak.Lab.Engine.Tests;

/// <summary>A running engine and the JSON lines to and from it.</summary>
public sealed class EngineProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonObject>> _waiting = new();
    private readonly Lock _writing = new();
    private long _nextId;

    /// <summary>Starts an engine.</summary>
    public EngineProcess(string? program = null)
    {
        program ??= typeof(EngineProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "EngineProgram").Value!;
        _process = Process.Start(new ProcessStartInfo("dotnet", [program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        new Thread(Read) { IsBackground = true }.Start();
    }

    /// <summary>An event of the engine.</summary>
    public event Action<JsonObject>? Event;

    /// <summary>Lines on standard output that were no JSON object of the wire.</summary>
    public ConcurrentQueue<string> Strays { get; } = new();

    /// <summary>All events so far.</summary>
    public ConcurrentQueue<JsonObject> Events { get; } = new();

    /// <summary>Asks and waits for the reply.</summary>
    public JsonObject Ask(string op, JsonObject? fields = null)
    {
        JsonObject reply = Send(op, fields).WaitAsync(TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();
        return reply["ok"]!.GetValue<bool>() ? reply["result"]!.AsObject() : throw new InvalidOperationException(reply["error"]!.ToJsonString());
    }

    /// <summary>Asks.</summary>
    public Task<JsonObject> Send(string op, JsonObject? fields = null)
    {
        var line = (JsonObject)(fields?.DeepClone() ?? new JsonObject());
        long id = Interlocked.Increment(ref _nextId);
        line["id"] = id;
        line["op"] = op;
        var reply = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = reply;
        lock (_writing)
        {
            _process.StandardInput.WriteLine(line.ToJsonString());
            _process.StandardInput.Flush();
        }
        return reply.Task;
    }

    /// <summary>Waits for an event; one that came before counts too.</summary>
    public JsonObject WaitFor(Func<JsonObject, bool> wanted)
    {
        var deadline = Stopwatch.StartNew();
        while (deadline.Elapsed < TimeSpan.FromSeconds(60))
        {
            if (Events.FirstOrDefault(wanted) is { } found)
            {
                return found;
            }
            Thread.Sleep(20);
        }
        throw new TimeoutException("the event did not come");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Send("shutdown").Wait(TimeSpan.FromSeconds(5));
        }
        catch (IOException)
        {
            // it has ended already
        }
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
        }
        _process.Dispose();
    }

    private void Read()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            JsonObject? message;
            try
            {
                message = JsonNode.Parse(line) as JsonObject;
            }
            catch (System.Text.Json.JsonException)
            {
                message = null;
            }
            if (message is null)
            {
                Strays.Enqueue(line);
            }
            else if (message["reply"] is { } id)
            {
                if (_waiting.TryRemove(id.GetValue<long>(), out TaskCompletionSource<JsonObject>? reply))
                {
                    reply.SetResult(message);
                }
            }
            else
            {
                Events.Enqueue(message);
                Event?.Invoke(message);
            }
        }
    }
}
