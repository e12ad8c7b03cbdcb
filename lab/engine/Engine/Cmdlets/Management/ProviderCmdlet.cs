using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>What the cmdlets over providers have in common: they hand their parameters to the engine's provider calls.</summary>
public abstract class ProviderCmdlet : PSCmdlet
{
    /// <summary>Filter in the provider's own language.</summary>
    [Parameter]
    public virtual string? Filter { get; set; }

    /// <summary>Names to take only.</summary>
    [Parameter]
    public virtual string[]? Include { get; set; }

    /// <summary>Names to leave out.</summary>
    [Parameter]
    public virtual string[]? Exclude { get; set; }

    /// <summary>Credential: no provider of the lab takes one, as on Windows.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Credential]
    public virtual PSCredential? Credential { get; set; }

    /// <summary>Whether paths are taken as they stand.</summary>
    protected virtual bool IsLiteral => ParameterSetName.StartsWith("Literal", StringComparison.Ordinal);

    /// <summary>What -Force of the cmdlet says, if it has one.</summary>
    protected virtual bool Forced => false;

    /// <summary>Parameters that the provider added.</summary>
    private protected object? Dynamic { get; set; }

    /// <summary>The context of one provider call.</summary>
    private protected CmdletProviderContext NewContext(bool passThru = true)
    {
        var context = new CmdletProviderContext(this) { SuppressWildcardExpansion = IsLiteral, Force = Forced, PassThru = passThru };
        context.SetFilters(SessionStateUtilities.ConvertArrayToCollection(Include!), SessionStateUtilities.ConvertArrayToCollection(Exclude!), Filter);
        if (Dynamic is not null)
        {
            context.DynamicParameters = Dynamic;
        }
        return context;
    }

    /// <summary>Asks the provider for its parameters; where there is none the cmdlet itself says so when it runs.</summary>
    private protected object? Ask(Func<object?> parameters)
    {
        try
        {
            return Dynamic = parameters();
        }
        catch (Exception error) when (error is PSNotSupportedException or DriveNotFoundException or ProviderNotFoundException or ItemNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Calls the provider for each path; what the engine throws for one path is an error for that path.</summary>
    private protected void ForEach(IEnumerable<string>? paths, Action<string> action)
    {
        foreach (string path in paths ?? [])
        {
            try
            {
                action(path);
            }
            catch (Exception error) when (error is PSNotSupportedException or DriveNotFoundException or ProviderNotFoundException or ItemNotFoundException or PSArgumentException or PSInvalidOperationException)
            {
                WriteError(new ErrorRecord(((IContainsErrorRecord)error).ErrorRecord, error));
            }
        }
    }
}
