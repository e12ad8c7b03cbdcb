using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Out-String: the engine's own formatting, into text.</summary>
[Cmdlet(VerbsData.Out, "String", DefaultParameterSetName = "NoNewLineFormatting")]
public sealed class OutStringCommand : FrontEndCommandBase
{
    private readonly StringWriter _text = new() { NewLine = "\r\n" };

    /// <summary>Prepares the engine's formatter.</summary>
    public OutStringCommand() => implementation = new OutputManagerInner();

    /// <summary>Each line on its own.</summary>
    [Parameter(ParameterSetName = "StreamFormatting")]
    public SwitchParameter Stream { get; set; }

    /// <summary>Columns.</summary>
    [Parameter, ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = 120;

    /// <summary>No line ends.</summary>
    [Parameter(ParameterSetName = "NoNewLineFormatting")]
    public SwitchParameter NoNewline { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        ((OutputManagerInner)implementation).LineOutput = new TextWriterLineOutput(_text, Width, NoNewline);
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        string text = _text.ToString();
        if (!Stream)
        {
            WriteObject(text);
            return;
        }
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        WriteObject(lines[^1].Length == 0 ? lines[..^1] : lines, true);
    }
}
