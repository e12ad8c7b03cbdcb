using System.Management.Automation;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Programs;

/// <summary>
/// Command lookup of a session: programs and scripts are the machine's. The engine's own search for programs looks at the
/// developer's disk and is never reached with anything that could be one.
/// </summary>
internal static class ProgramLookup
{
    private static readonly ScriptBlock RunProgram = ScriptBlock.Create("$input | Start-LabProgram -Program $MyInvocation.MyCommand.Name -Arguments $args -CallerInput:$MyInvocation.ExpectingInput");

    /// <summary>Before the engine looks: takes paths and, where no command has the name, programs.</summary>
    public static void Before(object? sender, CommandLookupEventArgs lookup)
    {
        if (lookup.CommandName is not { Length: > 0 } name || SessionContext.Find(System.Management.Automation.Runspaces.Runspace.DefaultRunspace) is not { } context)
        {
            return;
        }
        bool isPath = name.AsSpan().IndexOfAny('\\', '/', ':') >= 0 && !IsQualified(name);
        string extension = Extension(name);
        if (!isPath && extension.Length == 0)
        {
            return;
        }
        Resolve(lookup, context, name, extension);
        // Found or not: nothing else may answer for it.
        if (isPath || extension is ".exe" or ".cmd" or ".bat" or ".com" or ".ps1")
        {
            lookup.StopSearch = true;
        }
    }

    /// <summary>After the engine looked and found nothing.</summary>
    public static void NotFound(object? sender, CommandLookupEventArgs lookup)
    {
        if (SessionContext.Find(System.Management.Automation.Runspaces.Runspace.DefaultRunspace) is { } context && !lookup.CommandName.StartsWith("get-", StringComparison.OrdinalIgnoreCase))
        {
            Resolve(lookup, context, lookup.CommandName, "");
        }
    }

    /// <summary>After the engine found something: a program or script of this system must not run, whatever led there.</summary>
    public static void After(object? sender, CommandLookupEventArgs lookup)
    {
        if (lookup.Command is ApplicationInfo || (lookup.Command is ExternalScriptInfo && !MachineScript.IsMachines(lookup.Command)))
        {
            lookup.Command = null!;
        }
    }

    private static void Resolve(CommandLookupEventArgs lookup, SessionContext context, string name, string extension)
    {
        Machine machine = context.Machine;
        if (extension == ".ps1")
        {
            string script;
            try
            {
                script = context.FullPath(name);
            }
            catch (IOException)
            {
                return;
            }
            if (context.Files.FileExists(script))
            {
                lookup.Command = MachineScript.Command(context, script, LocalContext);
                lookup.StopSearch = true;
            }
            return;
        }
        if (machine.Programs.Resolve(name, context.CurrentDirectory) is { } path)
        {
            lookup.Command = new FunctionInfo(path, RunProgram, LocalContext);
            lookup.StopSearch = true;
        }
    }

    private static System.Management.Automation.ExecutionContext LocalContext => System.Management.Automation.Runspaces.LocalPipeline.GetExecutionContextFromTLS();

    // Module\Command and drive-qualified functions are the engine's business.
    private static bool IsQualified(string name)
    {
        int at = name.IndexOf('\\', StringComparison.Ordinal);
        return at > 0 && name.IndexOf('\\', at + 1) < 0 && Extension(name).Length == 0
            && (name.StartsWith("Microsoft.PowerShell.", StringComparison.OrdinalIgnoreCase) || name.IndexOf('-', at) > 0);
    }

    private static string Extension(string name)
    {
        int dot = name.LastIndexOf('.');
        return dot > 0 && name.IndexOf('\\', dot) < 0 ? name[dot..].ToLowerInvariant() : "";
    }
}
