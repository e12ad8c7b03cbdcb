using System.Net;

namespace Firebreak.Lab.Machines;

/// <summary>The IPsec policy in effect, read from the registry tree below HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec, where netsh stores it.</summary>
public sealed class IpsecState
{
    /// <summary>Where local policies are.</summary>
    public const string LocalKey = @"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\Policy\Local";

    /// <summary>Where the policy of a GPO is named.</summary>
    public const string GpoKey = @"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\GPTIPSECPolicy";

    private readonly Machine _machine;

    internal IpsecState(Machine machine, MachineProfile profile)
    {
        _machine = machine;
        _ = profile;
    }

    /// <summary>Name of the local policy that is assigned, or null.</summary>
    public string? AssignedPolicy => null;

    /// <summary>Name of the policy that a GPO assigns, or null; it overrides the local one.</summary>
    public string? GpoPolicy => _machine.Registry.GetValue(GpoKey, "DSIPSECPolicyName")?.Data as string;

    /// <summary>Filters in effect: none while the service PolicyAgent does not run.</summary>
    public IReadOnlyList<IpsecFilter> Effective => [];

    /// <summary>Whether a packet passes, both ways.</summary>
    public bool Allows(IPAddress source, int protocol, int sourcePort, int localPort) => true;
}
