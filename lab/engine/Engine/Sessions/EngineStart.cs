using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using Firebreak.Lab.Engine.Statics;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>What must be done once in a process before the first runspace: afterwards it would be too late.</summary>
internal static class EngineStart
{
    private static readonly Lock Gate = new();
    private static bool s_done;

    /// <summary>Prepares the process.</summary>
    public static void Once()
    {
        lock (Gate)
        {
            if (s_done)
            {
                return;
            }
            s_done = true;
            Environment.SetEnvironmentVariable("POWERSHELL_DIAGNOSTICS_OPTOUT", "1");
            Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
            Environment.SetEnvironmentVariable("POWERSHELL_UPDATECHECK", "Off");
            // No program and no module of this system can be found by name, whatever else fails.
            Environment.SetEnvironmentVariable("PATH", "");
            Environment.SetEnvironmentVariable("PSModulePath", "");
            Environment.CurrentDirectory = "/";
            Console.SetOut(TextWriter.Null);
            Console.SetIn(TextReader.Null);
            Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
            // Each pipeline holds a thread; the pool must not make new sessions wait for its slow growth.
            ThreadPool.SetMinThreads(64, 64);
            // Windows PowerShell writes no colours into text.
            PSStyle style = PSStyle.Instance;
            style.OutputRendering = OutputRendering.PlainText;
            style.Formatting.TableHeader = style.Formatting.CustomTableHeaderLabel = style.Formatting.FormatAccent = style.Formatting.ErrorAccent = "";
            style.Formatting.Error = style.Formatting.Warning = style.Formatting.Verbose = style.Formatting.Debug = "";
            WindowsPaths.Apply();
            TypeMap.Register();
            BuildTables();
        }
    }

    // The engine builds the tables that all its sessions share when the first one needs them, and not under a lock: a
    // session made at the same time may find the providers there and the cmdlets not yet, and be without a single core
    // cmdlet for good. On Windows every session has a process of its own, so nobody ever sees that.
    private static void BuildTables()
    {
        using Runspace runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
    }
}
