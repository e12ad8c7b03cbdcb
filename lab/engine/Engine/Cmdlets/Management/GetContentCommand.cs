using System.Management.Automation;
using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation.Provider;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Content.</summary>
[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = "Path")]
public sealed class GetContentCommand : ProviderCmdlet, IDynamicParameters
{
    /// <summary>Paths with wildcards.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path", Mandatory = true, ValueFromPipeline = false, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    /// <summary>Paths as they stand.</summary>
    [Parameter(ParameterSetName = "LiteralPath", Mandatory = true, ValueFromPipelineByPropertyName = true), Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    /// <summary>How many items at once.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long ReadCount { get; set; } = 1;

    /// <summary>How many at the start.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Alias("First", "Head"), ValidateRange(0, long.MaxValue)]
    public long TotalCount { get; set; } = -1;

    /// <summary>How many at the end.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Alias("Last"), ValidateRange(0, int.MaxValue)]
    public int Tail { get; set; } = -1;

    /// <summary>Even where something is in the way.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override bool Forced => Force;

    /// <inheritdoc/>
    public object? GetDynamicParameters()
    {
        string? path = (Path ?? LiteralPath)?.FirstOrDefault();
        return path is null ? null : Ask(() => InvokeProvider.Content.GetContentReaderDynamicParameters(path, NewContext()));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEach(Path ?? LiteralPath, path =>
    {
        // The engine's own resolution: a pattern may stand for many files, and each has a reader.
        foreach (string each in Resolve(path))
        {
            Read(each);
        }
    });

    private IEnumerable<string> Resolve(string path)
    {
        if (IsLiteral || !WildcardPattern.ContainsWildcardCharacters(path))
        {
            return [path];
        }
        return SessionState.Path.GetResolvedPSPathFromPSPath(path, NewContext()).Select(p => p.Path);
    }

    private void Read(string path)
    {
        Collection<IContentReader> readers;
        try
        {
            readers = InvokeProvider.Content.GetReader(path, NewContext());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ProviderInvocationException)
        {
            Exception cause = error is ProviderInvocationException { InnerException: { } inner } ? inner : error;
            WriteError(new ErrorRecord(cause, cause is UnauthorizedAccessException ? "GetContentReaderUnauthorizedAccessError" : "GetContentReaderIOError",
                cause is UnauthorizedAccessException ? ErrorCategory.PermissionDenied : ErrorCategory.ReadError, path));
            return;
        }
        foreach (IContentReader reader in readers)
        {
            using (reader)
            {
                Write(reader);
                reader.Close();
            }
        }
    }

    private void Write(IContentReader reader)
    {
        if (Tail >= 0)
        {
            reader.Seek(-Tail, SeekOrigin.End);
        }
        long left = TotalCount < 0 ? long.MaxValue : TotalCount;
        while (left > 0)
        {
            IList items = reader.Read(ReadCount <= 0 ? 0 : Math.Min(ReadCount, left));
            if (items.Count == 0)
            {
                return;
            }
            int take = (int)Math.Min(items.Count, left);
            left -= take;
            if (ReadCount == 1 || take == 1)
            {
                for (int i = 0; i < take; i++)
                {
                    WriteObject(items[i]);
                }
            }
            else
            {
                WriteObject(items.Cast<object?>().Take(take).ToArray());
            }
        }
    }
}
