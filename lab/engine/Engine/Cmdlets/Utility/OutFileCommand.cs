using System.Management.Automation;
using Firebreak.Lab.Engine.Providers;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;
using Microsoft.PowerShell.Commands.Internal.Format;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Out-File, and what &gt; does: formatted text into a file of the machine, UTF-16 unless told otherwise.</summary>
[Cmdlet(VerbsData.Out, "File", DefaultParameterSetName = "ByPath", SupportsShouldProcess = true)]
public sealed class OutFileCommand : FrontEndCommandBase
{
    private readonly StringWriter _text = new() { NewLine = "\r\n" };

    /// <summary>Prepares the engine's formatter.</summary>
    public OutFileCommand() => implementation = new OutputManagerInner();

    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "ByPath"), Alias("Path")]
    public string? FilePath { get; set; }

    /// <summary>The file, as it stands.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "ByLiteralPath"), Alias("PSPath", "LP")]
    public string? LiteralPath { get; set; }

    /// <summary>How text becomes bytes.</summary>
    [Parameter(Position = 1)]
    public string Encoding { get; set; } = "Unicode";

    /// <summary>At the end of what is there.</summary>
    [Parameter]
    public SwitchParameter Append { get; set; }

    /// <summary>Even a read-only file: the lab has none.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Not over a file that is there.</summary>
    [Parameter, Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Columns.</summary>
    [Parameter, ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = 120;

    /// <summary>No line ends.</summary>
    [Parameter]
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
        SessionContext context = SessionContext.Current;
        string path = SessionState.Path.GetUnresolvedProviderPathFromPSPath((FilePath ?? LiteralPath)!);
        if (!ShouldProcess(path, "Output to File"))
        {
            return;
        }
        FileEncoding name = Encoding.ToLowerInvariant() switch
        {
            "utf8" => FileEncoding.UTF8,
            "ascii" => FileEncoding.Ascii,
            "default" => FileEncoding.Default,
            "oem" => FileEncoding.Oem,
            "unicode" or "string" or "unknown" => FileEncoding.Unicode,
            "bigendianunicode" => FileEncoding.BigEndianUnicode,
            "utf32" => FileEncoding.UTF32,
            _ => throw new PSArgumentException($"Unknown encoding {Encoding}."),
        };
        System.Text.Encoding encoding = FileEncodings.Of(name);
        try
        {
            using LabFileStream stream = context.Files.Open(path, Append ? FileMode.Append : NoClobber ? FileMode.CreateNew : FileMode.Create, FileAccess.Write);
            if (stream.Length == 0)
            {
                stream.Write(encoding.GetPreamble());
            }
            stream.Write(encoding.GetBytes(_text.ToString()));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(new ErrorRecord(error, NoClobber ? "NoClobber" : "FileOpenFailure", ErrorCategory.OpenError, path));
        }
    }
}
