using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Remoting;
using System.Management.Automation.Remoting.Server;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>
/// The pool's half of a transport under the engine's server session: what Microsoft's WinRM plug-in is on Windows,
/// with a callback in place of WS-Man. It knows nothing of machines or of the wire.
/// </summary>
internal sealed class SessionTransport : AbstractServerSessionTransportManager
{
    private readonly IFragmentSink _sink;
    private readonly Dictionary<Guid, CommandTransport> _known = [];
    private readonly HashSet<Guid> _running = [];
    private readonly Version _version;
    private bool _closed;

    /// <summary>Makes the transport of one session.</summary>
    /// <param name="sink">Takes what is sent.</param>
    /// <param name="version">The version of PowerShell that the client is told.</param>
    public SessionTransport(IFragmentSink sink, Version version)
        : base(BaseTransportManager.DefaultFragmentSize, new PSRemotingCryptoHelperServer())
    {
        _sink = sink;
        _version = version;
    }

    /// <inheritdoc/>
    public override void Prepare()
    {
        // The pool has no acknowledgement of its own: session.open is answered when its data was taken.
    }

    /// <inheritdoc/>
    public override void ReportExecutionStatusAsRunning()
    {
        // WS-Man "Pending" and "Running" of the pool have no meaning for a client that polls all the time.
    }

    /// <inheritdoc/>
    protected override void SendDataToClient(byte[] data, bool flush, bool reportAsPending, bool reportAsDataBoundary) =>
        _sink.Send(null, _dataType == RemotingDataType.ApplicationPrivateData ? PrivateData.WithVersion(data, PSVersionInfo.PSVersion, _version) : data);

    /// <inheritdoc/>
    public override AbstractServerTransportManager GetCommandTransportManager(Guid powerShellCmdId)
    {
        lock (_known)
        {
            return (_running.Contains(powerShellCmdId) ? _known.GetValueOrDefault(powerShellCmdId) : null)!;
        }
    }

    /// <inheritdoc/>
    public override void RemoveCommandTransportManager(Guid powerShellCmdId)
    {
        // The engine forgets a pipeline as it ends; the transport still has to carry its state message and to be
        // closed once, or closing the session waits for it forever.
        lock (_known)
        {
            _running.Remove(powerShellCmdId);
        }
    }

    /// <summary>Makes the transport of a new pipeline; null when the id is in use.</summary>
    public CommandTransport? CreateCommand(Guid id)
    {
        lock (_known)
        {
            if (_closed || _known.ContainsKey(id))
            {
                return null;
            }
            var command = new CommandTransport(id, _sink, this);
            command.MigrateDataReadyEventHandlers(this);
            _known.Add(id, command);
            _running.Add(id);
            return command;
        }
    }

    /// <summary>The pipeline's transport, ended or not, until it is released.</summary>
    public CommandTransport? FindCommand(Guid id)
    {
        lock (_known)
        {
            return _known.GetValueOrDefault(id);
        }
    }

    /// <summary>Stops the pipeline if it runs, and forgets it.</summary>
    public void ReleaseCommand(Guid id)
    {
        CommandTransport? command;
        lock (_known)
        {
            _known.Remove(id, out command);
            _running.Remove(id);
        }
        command?.Close(null!);
    }

    /// <inheritdoc/>
    public override void Close(Exception reasonForClose)
    {
        Guid[] open;
        lock (_known)
        {
            if (_closed)
            {
                return;
            }
            _closed = true;
            open = [.. _known.Keys];
        }
        foreach (Guid id in open)
        {
            ReleaseCommand(id);
        }
        RaiseClosingEvent();
        _sink.Closed(reasonForClose);
    }
}
