using System.Management.Automation;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Add-Type: refused, compiled code would run on the developer's system and not on the machine.</summary>
[Cmdlet(VerbsCommon.Add, "Type")]
public sealed class AddTypeCommand : PSCmdlet
{
    /// <summary>Whatever was asked for.</summary>
    [Parameter(Position = 0, ValueFromRemainingArguments = true)]
    public object[]? TypeDefinition { get; set; }

    /// <summary>Assemblies by name.</summary>
    [Parameter, Alias("AN")]
    public string[]? AssemblyName { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // These assemblies are part of what every session has; loading them again does nothing, as in Windows.
        string[] present = ["System", "System.Core", "System.Management", "System.ServiceProcess", "mscorlib"];
        if (TypeDefinition is null && AssemblyName is { Length: > 0 } names && names.All(n => present.Contains(n, StringComparer.OrdinalIgnoreCase)))
        {
            return;
        }
        ThrowTerminatingError(new ErrorRecord(new LabRefusalException("Add-Type"), "LabRefusal", ErrorCategory.NotImplemented, null));
    }
}
