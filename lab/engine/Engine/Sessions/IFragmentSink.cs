namespace Firebreak.Lab.Engine.Sessions;

/// <summary>Where the transport managers of one session put what the server half of PSRP sends.</summary>
internal interface IFragmentSink
{
    /// <summary>A fragment of a pipeline, or of the pool when <paramref name="command"/> is null.</summary>
    void Send(Guid? command, byte[] fragment);

    /// <summary>The pipeline's last fragment was sent.</summary>
    void Done(Guid command);

    /// <summary>The engine itself ended the session.</summary>
    void Closed(Exception? reason);
}
