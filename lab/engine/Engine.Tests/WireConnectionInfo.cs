using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Remoting.Client;
using System.Management.Automation.Runspaces;

namespace Firebreak.Lab.Engine.Tests;

/// <summary>Leads Microsoft's own PSRP client to a host of the engine.</summary>
public sealed class WireConnectionInfo(EngineProcess engine, string host, string auth = "basic") : RunspaceConnectionInfo
{
    /// <inheritdoc/>
    public override string ComputerName { get; set; } = host;

    /// <inheritdoc/>
    public override PSCredential? Credential { get; set; }

    /// <inheritdoc/>
    public override AuthenticationMechanism AuthenticationMechanism { get; set; }

    /// <inheritdoc/>
    public override string CertificateThumbprint { get; set; } = "";

    /// <inheritdoc/>
    public override RunspaceConnectionInfo Clone() => new WireConnectionInfo(engine, ComputerName, auth);

    /// <inheritdoc/>
    public override BaseClientSessionTransportManager CreateClientSessionTransportManager(Guid instanceId, string sessionName, PSRemotingCryptoHelper cryptoHelper) =>
        new WireTransport(engine, ComputerName, auth, instanceId, cryptoHelper);
}
