using System.Management.Automation;
using System.Collections.ObjectModel;
using System.Management.Automation.Provider;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Set-Content and Add-Content.</summary>
public abstract class ContentWriterCmdlet : ProviderCmdlet, IDynamicParameters, IDisposable
{
    private Collection<IContentWriter>? _writers;

    /// <summary>Paths with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path", Mandatory = true, ValueFromPipeline = false, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    /// <summary>Paths as they stand.</summary>
    [Parameter(ParameterSetName = "LiteralPath", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    /// <summary>What to write.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull, AllowEmptyCollection]
    public object?[]? Value { get; set; }

    /// <summary>Even where something is in the way.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Output what was changed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Whether what is there stays.</summary>
    protected abstract bool Appends { get; }

    /// <inheritdoc/>
    protected override bool Forced => Force;

    /// <inheritdoc/>
    public object? GetDynamicParameters()
    {
        string? path = (Path ?? LiteralPath)?.FirstOrDefault();
        return path is null ? null : Ask(() => InvokeProvider.Content.GetContentWriterDynamicParameters(path, NewContext()));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (_writers is null)
        {
            Open();
        }
        foreach (IContentWriter writer in _writers!)
        {
            if (Value is not null)
            {
                writer.Write(Value);
            }
        }
        if (PassThru && Value is not null)
        {
            WriteObject(Value, true);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Dispose();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IContentWriter writer in _writers ?? [])
        {
            writer.Close();
            writer.Dispose();
        }
        _writers = [];
    }

    private void Open()
    {
        _writers = [];
        string[] paths = Path ?? LiteralPath ?? [];
        if (!ShouldProcess(string.Join(", ", paths), Appends ? "Add Content" : "Set Content"))
        {
            return;
        }
        try
        {
            if (!Appends)
            {
                foreach (string present in paths.Where(p => InvokeProvider.Item.Exists(p, NewContext())))
                {
                    InvokeProvider.Content.Clear(present, NewContext(false));
                }
            }
            foreach (string path in paths)
            {
                foreach (IContentWriter writer in InvokeProvider.Content.GetWriter(path, NewContext()))
                {
                    _writers.Add(writer);
                }
            }
            if (Appends)
            {
                foreach (IContentWriter writer in _writers)
                {
                    writer.Seek(0, SeekOrigin.End);
                }
            }
        }
        catch (ProviderInvocationException error) when (error.InnerException is IOException or UnauthorizedAccessException)
        {
            bool denied = error.InnerException is UnauthorizedAccessException;
            WriteError(new ErrorRecord(error.InnerException, denied ? "GetContentWriterUnauthorizedAccessError" : "GetContentWriterIOError",
                denied ? ErrorCategory.PermissionDenied : ErrorCategory.WriteError, paths.FirstOrDefault()));
        }
    }
}
