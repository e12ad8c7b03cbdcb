using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Resolve-Path.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "Path", DefaultParameterSetName = "Path")]
public sealed class ResolvePathCommand : PSCmdlet
{
    /// <summary>Paths with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path", Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    /// <summary>Paths as they stand.</summary>
    [Parameter(ParameterSetName = "LiteralPath", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    /// <summary>Relative to the current folder.</summary>
    [Parameter]
    public SwitchParameter Relative { get; set; }

    /// <summary>Not used by the lab's providers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Credential]
    public PSCredential? Credential { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path ?? LiteralPath ?? [])
        {
            var context = new CmdletProviderContext(this) { SuppressWildcardExpansion = LiteralPath is not null };
            try
            {
                foreach (PathInfo found in SessionState.Path.GetResolvedPSPathFromPSPath(path, context))
                {
                    WriteObject(Relative ? @".\" + SessionState.Path.NormalizeRelativePath(found.Path, SessionState.Path.CurrentLocation.ProviderPath) : found);
                }
            }
            catch (Exception error) when (error is PSNotSupportedException or DriveNotFoundException or ProviderNotFoundException or ItemNotFoundException)
            {
                WriteError(new ErrorRecord(((IContainsErrorRecord)error).ErrorRecord, error));
            }
        }
    }
}
