using System.Management.Automation;
using System.Security;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>ConvertTo-SecureString, from plain text only.</summary>
[Cmdlet(VerbsData.ConvertTo, "SecureString", DefaultParameterSetName = "Secure")]
public sealed class ConvertToSecureStringCommand : PSCmdlet
{
    /// <summary>The text.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    public string String { get; set; } = "";

    /// <summary>The text is not encrypted.</summary>
    [Parameter(Position = 1, ParameterSetName = "PlainText")]
    public SwitchParameter AsPlainText { get; set; }

    /// <summary>Yes, really.</summary>
    [Parameter(Position = 2, ParameterSetName = "PlainText")]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!AsPlainText)
        {
            ThrowTerminatingError(new ErrorRecord(new LabRefusalException("data protection keys to decrypt a SecureString"), "LabRefusal", ErrorCategory.NotImplemented, null));
        }
        if (!Force)
        {
            ThrowTerminatingError(new ErrorRecord(
                new ArgumentException("The system cannot protect plain text input. To suppress this warning and convert the plain text to a SecureString, reissue the command specifying the Force parameter."),
                "ImportSecureString_ForceRequired", ErrorCategory.InvalidArgument, null));
        }
        var secure = new SecureString();
        foreach (char c in String)
        {
            secure.AppendChar(c);
        }
        secure.MakeReadOnly();
        WriteObject(secure);
    }
}
