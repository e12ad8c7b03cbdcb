using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Format-Table.</summary>
[Cmdlet("Format", "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    /// <summary>Prepares the engine's formatter.</summary>
    public FormatTableCommand() => implementation = new InnerFormatShapeCommand(FormatShape.Table);
}
