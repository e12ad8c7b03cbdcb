using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>What the service cmdlets have in common: choosing services and telling what went wrong.</summary>
public abstract class ServiceCmdlet : PSCmdlet
{
    private protected static ServiceTable Table => SessionContext.Current.Machine.Services;

    /// <summary>Names, with wildcards.</summary>
    private protected IEnumerable<ServiceEntry> ByName(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            ServiceEntry[] found = [.. Table.All.Where(s => WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch(s.Name))];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                Report(null, $"Cannot find any service with service name '{name}'.", "NoServiceFoundForGivenName", ErrorCategory.ObjectNotFound, name);
            }
            foreach (ServiceEntry entry in found)
            {
                yield return entry;
            }
        }
    }

    /// <summary>Display names, with wildcards.</summary>
    private protected IEnumerable<ServiceEntry> ByDisplayName(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            ServiceEntry[] found = [.. Table.All.Where(s => WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch(s.DisplayName))];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                Report(null, $"Cannot find any service with display name '{name}'.", "NoServiceFoundForGivenDisplayName", ErrorCategory.ObjectNotFound, name);
            }
            foreach (ServiceEntry entry in found)
            {
                yield return entry;
            }
        }
    }

    private protected void Report(Exception? cause, string message, string id, ErrorCategory category, object? target) =>
        WriteError(new ErrorRecord(new ServiceCommandException(message, cause), id, category, target));

    private protected bool MayControl(ServiceEntry service, string verb, string id)
    {
        if (SessionContext.Current.Program.IsAdmin)
        {
            return true;
        }
        Report(new System.ComponentModel.Win32Exception(5), $"Service '{service.DisplayName} ({service.Name})' cannot be {verb} due to the following error: Cannot open {service.Name} service on computer '.'.", id, ErrorCategory.CloseError, service.Name);
        return false;
    }
}
