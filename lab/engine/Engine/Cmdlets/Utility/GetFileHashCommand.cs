using System.Management.Automation;
using System.Security.Cryptography;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-FileHash.</summary>
[Cmdlet(VerbsCommon.Get, "FileHash", DefaultParameterSetName = "Path"), Since(4, 0)]
public sealed class GetFileHashCommand : PSCmdlet
{
    /// <summary>Files, with wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[]? Path { get; set; }

    /// <summary>Files, as they stand.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true), Alias("PSPath", "LP")]
    public string[]? LiteralPath { get; set; }

    /// <summary>Which hash.</summary>
    [Parameter(Position = 1), ValidateSet("SHA1", "SHA256", "SHA384", "SHA512", "MD5")]
    public string Algorithm { get; set; } = "SHA256";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path ?? LiteralPath ?? [])
        {
            foreach (string full in Resolve(path))
            {
                Hash(full);
            }
        }
    }

    private IEnumerable<string> Resolve(string path) => LiteralPath is not null
        ? [SessionState.Path.GetUnresolvedProviderPathFromPSPath(path)]
        : SessionState.Path.GetResolvedProviderPathFromPSPath(path, out _);

    private void Hash(string path)
    {
        byte[] bytes;
        try
        {
            bytes = SessionContext.Current.Files.ReadBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            WriteError(new ErrorRecord(error, "FileReadError", ErrorCategory.ReadError, path));
            return;
        }
        byte[] hash = Algorithm.ToUpperInvariant() switch
        {
            "SHA1" => SHA1.HashData(bytes),
            "SHA384" => SHA384.HashData(bytes),
            "SHA512" => SHA512.HashData(bytes),
            "MD5" => MD5.HashData(bytes),
            _ => SHA256.HashData(bytes),
        };
        var result = new PSObject();
        result.TypeNames.Insert(0, "Microsoft.Powershell.Utility.FileHash");
        result.Properties.Add(new PSNoteProperty("Algorithm", Algorithm.ToUpperInvariant()));
        result.Properties.Add(new PSNoteProperty("Hash", Convert.ToHexString(hash)));
        result.Properties.Add(new PSNoteProperty("Path", path));
        WriteObject(result);
    }
}
