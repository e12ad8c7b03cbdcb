using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>netstat.exe -an and -ano: the listening ports. Connections are not listed.</summary>
internal sealed class NetstatProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        if (arguments is not ["-an" or "-na" or "/an"])
        {
            throw new LabRefusalException($"netstat {string.Join(' ', arguments)}");
        }

        StringBuilder text = new("\r\nActive Connections\r\n\r\n  Proto  Local Address          Foreign Address        State\r\n");
        foreach (int port in machine.Ports.Listening.Keys.Order())
        {
            text.Append($"  TCP    {$"0.0.0.0:{port}",-22} {"0.0.0.0:0",-22} LISTENING\r\n");
        }

        foreach (int port in machine.Ports.ListeningUdp.Order())
        {
            text.Append($"  UDP    {$"0.0.0.0:{port}",-22} {"*:*",-22} \r\n");
        }

        return new(0, text.ToString());
    }
}
