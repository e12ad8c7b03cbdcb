using System.Management.Automation.Remoting;
using System.Management.Automation.Remoting.Server;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Shell;

/// <summary>
/// The engine's own PSRP server over lines on the standard streams, what <c>powershell -s</c> is, with the session
/// state of a machine.
/// </summary>
internal sealed class StdioServer : OutOfProcessMediatorBase
{
    private readonly SessionContext _context;

    /// <summary>Makes it; nothing is read yet.</summary>
    public StdioServer(SessionContext context, TextReader input, TextWriter output, TextWriter error)
        : base(true)
    {
        _context = context;
        originalStdIn = input;
        originalStdOut = new OutOfProcessTextWriter(output);
        originalStdErr = new OutOfProcessTextWriter(error);
    }

    /// <summary>Serves until the input ends.</summary>
    public void Run()
    {
        sessionTM = CreateSession();
        // As PowerShell's own loop: an empty line is an end too, and each line is processed on a thread of the pool.
        for (string? line = originalStdIn.ReadLine(); !string.IsNullOrEmpty(line); line = originalStdIn.ReadLine())
        {
            lock (_syncObject)
            {
                sessionTM ??= CreateSession();
            }
            ThreadPool.QueueUserWorkItem(state => ProcessingThreadStart(state!), line);
        }
        _context.Leave();
    }

    private OutOfProcessServerSessionTransportManager CreateSession()
    {
        var user = new PSPrincipal(new PSIdentity("", true, _context.Account, null), null);
        var sender = new PSSenderInfo(user, "http://localhost");
        SessionContext.Bind(sender, _context);
        var transport = new StdioTransport(originalStdOut, originalStdErr, _context.PSVersion);
        ServerRemoteSession.CreateServerRemoteSession(
            sender, "http://schemas.microsoft.com/powershell/Microsoft.PowerShell", LabSessionConfiguration.InitializationParameters, transport, null, null, null, null);
        return transport;
    }
}
