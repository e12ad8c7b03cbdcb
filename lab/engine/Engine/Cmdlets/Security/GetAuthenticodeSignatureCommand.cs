using System.Management.Automation;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-AuthenticodeSignature: the lab's packages are signed as their data says; on other machines' shares too.</summary>
[Cmdlet(VerbsCommon.Get, "AuthenticodeSignature", DefaultParameterSetName = "ByPath")]
public sealed class GetAuthenticodeSignatureCommand : PSCmdlet
{
    private static readonly Dictionary<string, string> s_messages = new()
    {
        ["Valid"] = "Signature verified.",
        ["NotSigned"] = "The file {0} is not digitally signed. You cannot run this script on the current system.",
        ["HashMismatch"] = "The contents of file {0} might have been changed by an unauthorized user or process, because the hash of the file does not match the hash stored in the digital signature.",
    };

    /// <summary>Files.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "ByPath", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[]? FilePath { get; set; }

    /// <summary>Files, as they stand.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ByLiteralPath", ValueFromPipelineByPropertyName = true), Alias("PSPath")]
    public string[]? LiteralPath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in FilePath ?? LiteralPath ?? [])
        {
            string full = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
            FileView files = SessionContext.Current.Files;
            if (!files.FileExists(full))
            {
                var missing = new FileNotFoundException($"File {full} was not found.", full);
                WriteError(new ErrorRecord(missing, "SignatureCommandsBaseFileNotFound", ErrorCategory.ObjectNotFound, full));
                continue;
            }

            Write(full, files.SignatureOf(full));
        }
    }

    private void Write(string path, PackageSignature found)
    {
        var result = new PSObject();
        result.TypeNames.Insert(0, "System.Management.Automation.Signature");
        PSObject? certificate = null;
        if (found.Subject is { } subject)
        {
            certificate = new PSObject();
            certificate.TypeNames.Insert(0, "System.Security.Cryptography.X509Certificates.X509Certificate2");
            certificate.Properties.Add(new PSNoteProperty("Subject", subject));
        }

        result.Properties.Add(new PSNoteProperty("SignerCertificate", certificate));
        result.Properties.Add(new PSNoteProperty("TimeStamperCertificate", null));
        result.Properties.Add(new PSNoteProperty("Status", Enum.Parse<SignatureStatus>(found.Status)));
        result.Properties.Add(new PSNoteProperty("StatusMessage", s_messages[found.Status].Replace("{0}", path, StringComparison.Ordinal)));
        result.Properties.Add(new PSNoteProperty("Path", path));
        WriteObject(result);
    }
}
