using System.Management.Automation;
using Firebreak.Lab.Engine.Programs;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>
/// The startup script of every runspace: replaces what the engine keeps once for the whole process by what the machine
/// has, and takes itself away.
/// </summary>
[Cmdlet(VerbsLifecycle.Start, "LabRunspace")]
public sealed class PrepareSessionCommand : PSCmdlet
{
    /// <summary>Name of the command.</summary>
    internal const string Name = "Start-LabRunspace";

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        SessionContext context = SessionContext.Current;
        SessionStateInternal state = Context.EngineSessionState;
        void Variable(string name, object value) => state.GetVariable(name)?.SetValueRaw(value, true);

        string user = context.Account[(context.Account.LastIndexOf('\\') + 1)..];
        string home = context.Environment.GetValueOrDefault("USERPROFILE", $@"C:\Users\{user}");
        Variable("PSVersionTable", VersionTable.Create(context));
        Variable("PSHOME", @"C:\Windows\System32\WindowsPowerShell\v1.0");
        Variable("HOME", home);
        Variable("PID", context.ProcessId);
        Variable("PSEdition", context.Edition);
        if (context.PSVersion.Major < 7)
        {
            Variable("ErrorView", ErrorView.NormalView);
        }
        ReplaceVariable(state, "PSCulture", context.Culture.Name);
        ReplaceVariable(state, "PSUICulture", context.Culture.Name);

        CommandInvocationIntrinsics commands = Context.EngineIntrinsics.InvokeCommand;
        commands.PreCommandLookupAction = ProgramLookup.Before;
        commands.PostCommandLookupAction = ProgramLookup.After;
        commands.CommandNotFoundAction = ProgramLookup.NotFound;

        string start = context.IsRemote && context.Files.FolderExists(home + @"\Documents") ? home + @"\Documents"
            : context.IsRemote ? @"C:\" : context.Program.CurrentDirectory;
        try
        {
            state.SetLocation(start.Length > 0 && context.Files.FolderExists(start) ? start : @"C:\");
        }
        catch (DriveNotFoundException error)
        {
            EngineLog.Write(error.Message);
        }
        state.RemoveCmdletEntry(Name, true);
        if (context.Configuration is { } configuration)
        {
            SessionLimits.Apply(Context, configuration);
        }
    }

    // These two are computed from the thread; a machine's are fixed.
    private static void ReplaceVariable(SessionStateInternal state, string name, string value)
    {
        state.GlobalScope.RemoveVariable(name, force: true);
        state.GlobalScope.SetVariable(name, value, asValue: true, force: true, sessionState: state);
    }
}
