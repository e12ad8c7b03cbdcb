namespace Firebreak.Lab.Machines;

/// <summary>netdiag.exe /test:ipsec (Support Tools of 2000 and XP): which policy is active, and where from.</summary>
internal sealed class NetdiagProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        if (arguments is not [var test] || !test.Equals("/test:ipsec", StringComparison.OrdinalIgnoreCase))
        {
            throw new LabRefusalException($"netdiag {string.Join(' ', arguments)}");
        }

        IpsecState ipsec = machine.Ipsec;
        bool runs = machine.Services.IsRunning("PolicyAgent");
        string text = "\r\nIP Security test . . . . . . . . . : " + (runs ? "Passed" : "Skipped") + "\r\n";
        if (!runs)
        {
            return new(0, text);
        }

        if (ipsec.GpoPolicy is { } domain)
        {
            text += $"    Directory IPSec Policy Active: '{domain}'\r\n    IP Security Policy Path: {machine.Registry.GetValue(IpsecState.GpoKey, "DSIPSECPolicyPath")?.Data}\r\n";
        }
        else if (ipsec.AssignedPolicy is { } local)
        {
            text += $"    Local IPSec Policy Active: '{local}'\r\n    IP Security Policy Path: {machine.Registry.GetValue(IpsecState.LocalKey, "ActivePolicy")?.Data}\r\n";
        }
        else
        {
            text += "    IPSec policy service is active, but no policy is assigned.\r\n";
        }

        return new(0, text);
    }
}
