using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Split-Path.</summary>
[Cmdlet(VerbsCommon.Split, "Path", DefaultParameterSetName = "ParentSet")]
public sealed class SplitPathCommand : PSCmdlet
{
    /// <summary>Paths.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 0, ParameterSetName = "LeafSet", Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 0, ParameterSetName = "QualifierSet", Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 0, ParameterSetName = "NoQualifierSet", Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 0, ParameterSetName = "IsAbsoluteSet", Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(Position = 0, ParameterSetName = "ParentSet", Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    /// <summary>Paths as they stand.</summary>
    [Parameter(ParameterSetName = "LiteralPathSet", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSPath")]
    public string[]? LiteralPath { get; set; }

    /// <summary>The drive.</summary>
    [Parameter(ParameterSetName = "QualifierSet")]
    public SwitchParameter Qualifier { get; set; }

    /// <summary>All but the drive.</summary>
    [Parameter(ParameterSetName = "NoQualifierSet")]
    public SwitchParameter NoQualifier { get; set; }

    /// <summary>All but the last part.</summary>
    [Parameter(ParameterSetName = "ParentSet")]
    public SwitchParameter Parent { get; set; }

    /// <summary>The last part.</summary>
    [Parameter(ParameterSetName = "LeafSet")]
    public SwitchParameter Leaf { get; set; }

    /// <summary>Resolve wildcards first.</summary>
    [Parameter]
    public SwitchParameter Resolve { get; set; }

    /// <summary>Whether it starts at a drive.</summary>
    [Parameter(ParameterSetName = "IsAbsoluteSet")]
    public SwitchParameter IsAbsolute { get; set; }

    /// <summary>Not used by the lab's providers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Credential]
    public PSCredential? Credential { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        IEnumerable<string> paths = Path ?? LiteralPath ?? [];
        if (Resolve)
        {
            paths = paths.SelectMany(p => SessionState.Path.GetResolvedPSPathFromPSPath(p)).Select(p => p.Path).ToArray();
        }
        foreach (string path in paths)
        {
            Split(path);
        }
    }

    private void Split(string path)
    {
        int at = path.IndexOf("::", StringComparison.Ordinal) is var provider and >= 0 ? provider + 2 : path.IndexOf(':', StringComparison.Ordinal) + 1;
        switch (ParameterSetName)
        {
            case "LeafSet":
                WriteObject(SessionState.Path.ParseChildName(path, new CmdletProviderContext(this), true));
                break;
            case "QualifierSet" when at > 0:
                WriteObject(path[..at]);
                break;
            case "QualifierSet":
                WriteError(new ErrorRecord(
                    new FormatException($"Cannot parse path because path '{path}' does not have a qualifier specified."), "ParsePathFormatError", ErrorCategory.InvalidArgument, path));
                break;
            case "NoQualifierSet":
                WriteObject(path[at..]);
                break;
            case "IsAbsoluteSet":
                WriteObject(SessionState.Path.IsPSAbsolute(path, out _));
                break;
            default:
                WriteObject(SessionState.Path.ParseParent(path, "", new CmdletProviderContext(this), true));
                break;
        }
    }
}
