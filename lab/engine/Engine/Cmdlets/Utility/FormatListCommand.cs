using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Format-List.</summary>
[Cmdlet("Format", "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    /// <summary>Prepares the engine's formatter.</summary>
    public FormatListCommand() => implementation = new InnerFormatShapeCommand(FormatShape.List);
}
