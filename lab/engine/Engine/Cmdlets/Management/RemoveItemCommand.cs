using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Remove-Item.</summary>
[Cmdlet(VerbsCommon.Remove, "Item", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class RemoveItemCommand : ProviderCmdlet
{
    /// <summary>Paths with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path", Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    /// <summary>Paths as they stand.</summary>
    [Parameter(ParameterSetName = "LiteralPath", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    /// <summary>With all below.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Even where something is in the way.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override bool Forced => Force;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEach(Path ?? LiteralPath, path =>
    {
        foreach (PathInfo found in Resolve(path))
        {
            Remove(found);
        }
    });

    private IEnumerable<PathInfo> Resolve(string path)
    {
        CmdletProviderContext context = NewContext();
        if (IsLiteral)
        {
            string provider = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, context, out ProviderInfo info, out PSDriveInfo drive);
            string full = info.Name == "FileSystem" || drive is null ? provider : path;
            return [new PathInfo(drive, info, full, SessionState)];
        }
        return SessionState.Path.GetResolvedPSPathFromPSPath(path, context);
    }

    private void Remove(PathInfo found)
    {
        string path = found.Drive is null || found.Path.Contains("::", StringComparison.Ordinal) ? found.Path : found.ProviderPath;
        if (!path.Contains("::", StringComparison.Ordinal))
        {
            path = found.Provider.FullName + "::" + path;
        }
        var literal = new CmdletProviderContext(this) { SuppressWildcardExpansion = true, Force = Force };
        if (!InvokeProvider.Item.Exists(path, literal))
        {
            WriteError(new ErrorRecord(
                new ItemNotFoundException($"Cannot find path '{found.ProviderPath}' because it does not exist."), "PathNotFound", ErrorCategory.ObjectNotFound, found.ProviderPath));
            return;
        }
        // A container with something in it is asked about; without anyone to ask, as in a remoting session, that is an error.
        if (!Recurse && InvokeProvider.Item.IsContainer(path, literal) && InvokeProvider.ChildItem.HasChild(path, literal)
            && !ShouldContinue($"The item at {found.Path} has children and the Recurse parameter was not specified. If you continue, all children will be removed with the item. Are you sure you want to continue?", null))
        {
            return;
        }
        InvokeProvider.Item.Remove(path, true, new CmdletProviderContext(this) { SuppressWildcardExpansion = true, Force = Force });
    }
}
