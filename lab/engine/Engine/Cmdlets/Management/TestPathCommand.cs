using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Test-Path.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Path", DefaultParameterSetName = "Path")]
public sealed class TestPathCommand : ProviderCmdlet
{
    /// <summary>Paths with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path", Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull, AllowEmptyCollection, AllowEmptyString]
    public string[]? Path { get; set; }

    /// <summary>Paths as they stand.</summary>
    [Parameter(ParameterSetName = "LiteralPath", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSPath", "LP")]
    [AllowNull, AllowEmptyCollection, AllowEmptyString]
    public string[]? LiteralPath { get; set; }

    /// <summary>What it must be.</summary>
    [Parameter, Alias("Type")]
    public TestPathType PathType { get; set; } = TestPathType.Any;

    /// <summary>Whether the path could be one at all.</summary>
    [Parameter]
    public SwitchParameter IsValid { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string? path in Path ?? LiteralPath ?? [])
        {
            if (string.IsNullOrEmpty(path))
            {
                WriteError(new ErrorRecord(new PSArgumentNullException("Path"), "NullPathNotPermitted", ErrorCategory.InvalidArgument, path));
                continue;
            }
            WriteObject(Test(path));
        }
    }

    private bool Test(string path)
    {
        CmdletProviderContext context = NewContext();
        try
        {
            if (IsValid)
            {
                return SessionState.Path.IsValid(path, context);
            }
            return PathType switch
            {
                TestPathType.Container => InvokeProvider.Item.IsContainer(path, context),
                TestPathType.Leaf => InvokeProvider.Item.Exists(path, context) && !InvokeProvider.Item.IsContainer(path, context),
                _ => InvokeProvider.Item.Exists(path, context),
            };
        }
        catch (Exception error) when (error is PSNotSupportedException or DriveNotFoundException or ProviderNotFoundException or ItemNotFoundException)
        {
            return false;
        }
    }
}
