using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Remoting;
using System.Management.Automation.Remoting.Server;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Shell;

/// <summary>The engine's own framing, but for the version of PowerShell that the client is told.</summary>
internal sealed class StdioTransport(OutOfProcessTextWriter output, OutOfProcessTextWriter error, Version version)
    : OutOfProcessServerSessionTransportManager(output, error, new PSRemotingCryptoHelperServer())
{
    /// <inheritdoc/>
    protected override void SendDataToClient(byte[] data, bool flush, bool reportAsPending, bool reportAsDataBoundary) =>
        base.SendDataToClient(
            _dataType == RemotingDataType.ApplicationPrivateData ? PrivateData.WithVersion(data, PSVersionInfo.PSVersion, version) : data,
            flush, reportAsPending, reportAsDataBoundary);
}
