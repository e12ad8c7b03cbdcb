using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>ping.exe -n N of the machine itself: what batch files wait with. It lasts N-1 seconds of lab time.</summary>
internal sealed class PingProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        int count = 4;
        if (arguments is ["-n" or "/n", var number, ..] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out count))
        {
            arguments = [.. arguments.Skip(2)];
        }

        if (arguments is not ["127.0.0.1" or "localhost"] || count < 1)
        {
            throw new LabRefusalException($"ping {string.Join(' ', arguments)}");
        }

        machine.Clock.Sleep(TimeSpan.FromSeconds(count - 1), context.Cancellation);
        return new(0, $"\r\nPinging 127.0.0.1 with 32 bytes of data:\r\n{string.Concat(Enumerable.Repeat("Reply from 127.0.0.1: bytes=32 time<1ms TTL=128\r\n", count))}");
    }
}
