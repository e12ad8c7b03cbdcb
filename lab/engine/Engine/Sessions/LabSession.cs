using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Threading.Channels;
using Firebreak.Lab.Engine.Wire;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>
/// One client session on one machine: a server session of the real engine between the wire and its transport.
/// Requests of a session are done in the order they came, off the reader's thread.
/// </summary>
internal sealed class LabSession : IFragmentSink
{
    private readonly WireWriter _wire;
    private readonly SessionContext _context;
    private readonly Channel<Func<Task>> _work = Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly object _sending = new();
    private readonly FragmentNumbers _numbers = new();
    private readonly Action<LabSession> _gone;
    private SessionTransport? _transport;
    private ServerRemoteSession? _server;
    private bool _ended;

    /// <summary>Makes a session that is not open yet.</summary>
    /// <param name="id">The client's id of it (runspace pool id or WS-Man shell id).</param>
    /// <param name="context">Machine and account.</param>
    /// <param name="wire">Where its events go.</param>
    /// <param name="gone">Called once when it has ended, for whatever reason.</param>
    public LabSession(Guid id, SessionContext context, WireWriter wire, Action<LabSession> gone)
    {
        Id = id;
        _context = context;
        _wire = wire;
        _gone = gone;
        _ = Task.Run(Work);
    }

    /// <summary>The session's id on the wire.</summary>
    public Guid Id { get; }

    /// <summary>Starts the server session and hands it the client's first messages.</summary>
    /// <param name="configuration">Resource URI of the session configuration.</param>
    /// <param name="clientAddress">Where the client is.</param>
    /// <param name="data">SESSION_CAPABILITY and INIT_RUNSPACEPOOL.</param>
    public Task Open(string configuration, string clientAddress, byte[] data) => Enqueue(() =>
    {
        var user = new PSPrincipal(new PSIdentity("Basic", true, _context.Account, null), null);
        var sender = new PSSenderInfo(user, $"http://{_context.HostName}:5985/wsman?PSVersion={_context.PSVersion}");
        SessionContext.Bind(sender, _context);
        _transport = new SessionTransport(this, _context.PSVersion);
        _server = ServerRemoteSession.CreateServerRemoteSession(
            sender, configuration, LabSessionConfiguration.InitializationParameters,
            _transport, null, null, null, null);
        _context.ClientAddress = clientAddress;
        _transport.ProcessRawData(data, "stdin");
        return Task.CompletedTask;
    });

    /// <summary>Takes a new client in: what it declares goes in, what the pool is comes out.</summary>
    /// <param name="data">SESSION_CAPABILITY and CONNECT_RUNSPACEPOOL.</param>
    public async Task<byte[]> Connect(byte[] data)
    {
        byte[] answer = [];
        await Enqueue(() =>
        {
            _ = Transport;
            _server!.ExecuteConnect(data, out byte[]? response);
            answer = response ?? [];
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        byte[][] fragments = [.. FragmentNumbers.Split(answer).Select(f => PrivateData.WithVersion(f, PSVersionInfo.PSVersion, _context.PSVersion))];
        lock (_sending)
        {
            foreach (byte[] fragment in fragments)
            {
                _numbers.Renumber(fragment);
            }
        }
        return [.. fragments.SelectMany(f => f)];
    }

    /// <summary>Creates a pipeline.</summary>
    public Task Command(Guid command, byte[] data) => Enqueue(() =>
    {
        CommandTransport transport = Transport.CreateCommand(command)
            ?? throw new WireError("lab.duplicate-command", $"the session has a command {command} already");
        return transport.Deliver(data, "stdin");
    });

    /// <summary>Hands over client data for a pipeline, or for the pool when <paramref name="command"/> is null.</summary>
    public Task Send(Guid? command, string stream, byte[] data) => Enqueue(() =>
    {
        if (command is not { } id)
        {
            Transport.ProcessRawData(data, stream);
            return Task.CompletedTask;
        }
        // A pipeline that has ended takes no input any more; a client cannot know that yet.
        return Transport.FindCommand(id)?.Deliver(data, stream) ?? throw new WireError("lab.no-command", $"the session has no command {id}");
    });

    /// <summary>Stops a pipeline, or forgets it (stopping it first if it runs).</summary>
    public Task Signal(Guid command, bool terminate)
    {
        void Do()
        {
            if (terminate)
            {
                _transport?.ReleaseCommand(command);
            }
            else
            {
                _transport?.FindCommand(command)?.Stop();
            }
        }

        // A client that gives up must not wait behind its own input; but a command still in the queue has to be made first.
        return _transport?.FindCommand(command) is not null ? Task.Run(Do) : Enqueue(() => Task.Run(Do));
    }

    /// <summary>Ends the session; nothing is sent any more but <c>session.closed</c>.</summary>
    public void End(string reason)
    {
        lock (_sending)
        {
            if (_ended)
            {
                return;
            }
            _ended = true;
            _wire.SessionClosed(Id, reason);
        }
        _work.Writer.TryComplete();
        _context.Leave();
        _gone(this);
        // Stopping pipelines may take its time; nobody has to wait for it.
        _ = Task.Run(CloseTransport);
    }

    void IFragmentSink.Send(Guid? command, byte[] fragment)
    {
        lock (_sending)
        {
            if (!_ended)
            {
                _numbers.Renumber(fragment);
                _wire.SessionData(Id, command, fragment);
            }
        }
    }

    void IFragmentSink.Done(Guid command)
    {
        lock (_sending)
        {
            if (!_ended)
            {
                _wire.SessionDone(Id, command);
            }
        }
    }

    void IFragmentSink.Closed(Exception? reason) => End(reason?.Message ?? "closed");

    private SessionTransport Transport => _transport ?? throw new WireError("lab.no-session", $"session {Id} is not open");

    private void CloseTransport()
    {
        try
        {
            _transport?.Close(null!);
        }
        catch (Exception error)
        {
            EngineLog.Write($"session {Id}: {error}");
        }
    }

    private Task Enqueue(Func<Task> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool queued = _work.Writer.TryWrite(async () =>
        {
            try
            {
                await work().ConfigureAwait(false);
                done.TrySetResult();
            }
            catch (Exception error)
            {
                done.TrySetException(error);
            }
        });
        if (!queued)
        {
            done.TrySetException(new WireError("lab.no-session", $"session {Id} has ended"));
        }
        return done.Task;
    }

    private async Task Work()
    {
        await foreach (Func<Task> item in _work.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await item().ConfigureAwait(false);
        }
    }
}
