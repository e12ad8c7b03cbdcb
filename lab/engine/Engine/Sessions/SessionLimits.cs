using System.Management.Automation;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Sessions;

/// <summary>
/// Makes a runspace what its session configuration says: first its modules, which are trusted, then its visible commands and
/// its language. The engine itself refuses what they do not allow.
/// </summary>
internal static class SessionLimits
{
    /// <summary>Applies a configuration to a runspace that is being opened, on its thread.</summary>
    public static void Apply(System.Management.Automation.ExecutionContext context, SessionConfigurationProfile configuration)
    {
        foreach (PreinstalledModuleProfile module in configuration.Modules)
        {
            Import(module);
        }
        SessionStateInternal state = context.EngineSessionState;
        if (configuration.Commands is { } names)
        {
            var seen = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
            Hide(state.GetFunctionTable().Values, seen);
            Hide(state.GetCmdletTable().Values.SelectMany(list => list), seen);
            Hide(state.GetAliasTable().Values, seen);
            Hide(context.Modules.ModuleTable.Values.SelectMany(module => module.ExportedCommands.Values), seen);
            state.Applications.Clear();
            state.Scripts.Clear();
        }
        state.LanguageMode = Enum.Parse<PSLanguageMode>(configuration.Language);
    }

    private static void Import(PreinstalledModuleProfile module)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("New-Module").AddParameter("Name", module.Name).AddParameter("ScriptBlock", ScriptBlock.Create(module.Text))
            .AddCommand("Import-Module").AddParameter("Global").AddParameter("DisableNameChecking");
        shell.Invoke(null, new PSInvocationSettings { ErrorActionPreference = ActionPreference.Stop });
    }

    private static void Hide(IEnumerable<CommandInfo> commands, HashSet<string> seen)
    {
        foreach (CommandInfo command in commands)
        {
            if (!seen.Contains(command.Name))
            {
                command.Visibility = SessionStateEntryVisibility.Private;
            }
        }
    }
}
