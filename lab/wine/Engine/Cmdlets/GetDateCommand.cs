using System.Management.Automation;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Date, as far as our modules use it: now.</summary>
[Cmdlet(VerbsCommon.Get, "Date")]
public sealed class GetDateCommand : PSCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(DateTime.Now);
}
