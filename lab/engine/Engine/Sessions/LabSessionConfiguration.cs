using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Management.Automation.Runspaces;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>What the engine asks for when a client opens a session: the session state of that client's machine.</summary>
public sealed class LabSessionConfiguration : PSSessionConfiguration
{
    /// <summary>Names this class to the engine.</summary>
    internal static string InitializationParameters { get; } =
        "<InitializationParameters>"
        + $"<Param Name=\"assemblyname\" Value=\"{typeof(LabSessionConfiguration).Assembly.GetName().Name}\"/>"
        + $"<Param Name=\"pssessionconfigurationtypename\" Value=\"{typeof(LabSessionConfiguration).FullName}\"/>"
        + "</InitializationParameters>";

    /// <inheritdoc/>
    public override InitialSessionState GetInitialSessionState(PSSenderInfo senderInfo) =>
        SessionStateFactory.Create(SessionContext.Of(senderInfo));

    /// <inheritdoc/>
    public override PSPrimitiveDictionary GetApplicationPrivateData(PSSenderInfo senderInfo)
    {
        var data = new PSPrimitiveDictionary { ["PSVersionTable"] = VersionTable.ForClient(SessionContext.Of(senderInfo)) };
        return data;
    }
}
