using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Chooses processes by name or id, with the errors of the process cmdlets.</summary>
internal static class ProcessChoice
{
    /// <summary>The processes meant; all when nothing is given.</summary>
    public static IEnumerable<LabProcess> Choose(PSCmdlet cmdlet, string[]? names, int[]? ids)
    {
        ProcessTable table = SessionContext.Current.Machine.Processes;
        foreach (int id in ids ?? [])
        {
            if (table.Get(id) is { } process)
            {
                yield return process;
            }
            else
            {
                cmdlet.WriteError(new ErrorRecord(new ProcessCommandException($"Cannot find a process with the process identifier {id}."), "NoProcessFoundForGivenId", ErrorCategory.ObjectNotFound, id));
            }
        }
        if (ids is not null)
        {
            yield break;
        }
        foreach (string name in names ?? ["*"])
        {
            LabProcess[] found = [.. table.All.Where(p => WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch(ShortName(p)))];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                cmdlet.WriteError(new ErrorRecord(new ProcessCommandException($"Cannot find a process with the name \"{name}\". Verify the process name and call the cmdlet again."), "NoProcessFoundForGivenName", ErrorCategory.ObjectNotFound, name));
            }
            foreach (LabProcess process in found)
            {
                yield return process;
            }
        }
    }

    /// <summary>The name without .exe.</summary>
    public static string ShortName(LabProcess process) =>
        process.Name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? process.Name[..^4] : process.Name;

    /// <summary>The id of a process object.</summary>
    public static int IdOf(PSObject process) => LanguagePrimitives.ConvertTo<int>(process.Properties["Id"]?.Value ?? process);
}
