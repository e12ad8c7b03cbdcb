using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Management.Automation.Remoting.Server;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>The transport of one pipeline.</summary>
internal sealed class CommandTransport : AbstractServerTransportManager
{
    private readonly IFragmentSink _sink;
    private TaskCompletionSource? _delivering;
    private int _closed;

    /// <summary>Makes the transport of pipeline <paramref name="id"/>.</summary>
    public CommandTransport(Guid id, IFragmentSink sink, SessionTransport session)
        : base(session.Fragmentor.FragmentSize, session.CryptoHelper)
    {
        Id = id;
        _sink = sink;
        TypeTable = session.TypeTable;
    }

    /// <summary>The pipeline's id (WS-Man CommandId).</summary>
    public Guid Id { get; }

    /// <summary>
    /// Hands client data to the engine. Completes when the data was consumed or the pipeline has begun to take input,
    /// whichever is first: the engine may run the whole pipeline on the thread that delivers its last creating fragment.
    /// </summary>
    public Task Deliver(byte[] data, string stream)
    {
        var delivered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _delivering, delivered);
        ThreadPool.UnsafeQueueUserWorkItem(_ =>
        {
            try
            {
                ProcessRawData(data, stream);
                delivered.TrySetResult();
            }
            catch (Exception error)
            {
                delivered.TrySetException(error);
            }
        }, null);
        return delivered.Task;
    }

    /// <inheritdoc/>
    public override void Prepare()
    {
        base.Prepare();
        Volatile.Read(ref _delivering)?.TrySetResult();
    }

    /// <inheritdoc/>
    public override void ReportExecutionStatusAsRunning()
    {
        // see SessionTransport
    }

    /// <inheritdoc/>
    protected override void SendDataToClient(byte[] data, bool flush, bool reportAsPending, bool reportAsDataBoundary)
    {
        _sink.Send(Id, data);
        // PIPELINE_STATE is the last message of a pipeline; the server sends it for an end only (MS-PSRP 3.2.1.3.3).
        if (reportAsDataBoundary && _dataType == RemotingDataType.PowerShellStateInfo)
        {
            _sink.Done(Id);
        }
    }

    /// <summary>Stops the pipeline (WS-Man signal crtl_c); its state message still comes.</summary>
    public void Stop() => RaiseClosingEvent();

    /// <inheritdoc/>
    public override void Close(Exception reasonForClose)
    {
        Volatile.Read(ref _delivering)?.TrySetResult();
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            RaiseClosingEvent();
        }
    }
}
