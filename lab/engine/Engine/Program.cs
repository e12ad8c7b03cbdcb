using System.Text;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Shell;
using Firebreak.Lab.Engine.Wire;

namespace Firebreak.Lab.Engine;

/// <summary>
/// The engine: machines and their PowerShell sessions behind JSON lines on standard input and output (lab/README.md), or
/// PowerShell of one machine on them.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is [ConsoleProgram.Switch, .. var rest])
        {
            Environment.Exit(ConsoleProgram.Run(rest));
        }
        // Taken before anything can write to the console: from here on it leads nowhere.
        using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
        using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false), false, 1 << 16);
        EngineStart.Once();
        WireLoop.Run(input, new WireWriter(output));
        // Pipelines that do not want to stop must not keep the program.
        Environment.Exit(0);
        return 0;
    }
}
