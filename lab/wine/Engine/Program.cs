using System.Management.Automation.Remoting.Server;

namespace Firebreak.Wine.Engine;

/// <summary>
/// Microsoft's PowerShell engine of Windows as a PSRP server on its standard streams, as <c>powershell -s</c> is; with
/// the cmdlets that do not come with the engine. Providers, registry and disk are those of the Windows that it runs on.
/// </summary>
internal static class Program
{
    private const int BadCommandLine = 64;

    private static int Main(string[] args)
    {
        if (!args.Contains("-s"))
        {
            Console.Error.WriteLine("usage: firebreak-wine -s");
            return BadCommandLine;
        }
        Environment.SetEnvironmentVariable("POWERSHELL_DIAGNOSTICS_OPTOUT", "1");
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        Environment.SetEnvironmentVariable("POWERSHELL_UPDATECHECK", "Off");
        string cmdlets = typeof(Program).Assembly.Location.Replace("'", "''");
        StdIOProcessMediator.Run($"Import-Module -Name '{cmdlets}' -Global -DisableNameChecking", null, null, null, false);
        return 0;
    }
}
