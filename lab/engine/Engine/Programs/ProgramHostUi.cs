using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;
using System.Text;
using System.Xml;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Programs;

/// <summary>
/// What powershell.exe writes, to whoever watches or kept until its end; there is nobody to ask (-NonInteractive). With
/// CLIXML on standard error, errors, warnings and progress are elements there; what is written to the host stays text.
/// </summary>
internal sealed class ProgramHostUi : PSHostUserInterface, IDisposable
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly ProgramConsole? _watcher;
    private readonly bool _hasXmlErrors;
    private Serializer? _serializer;
    private XmlWriter? _xml;

    public ProgramHostUi(ProgramConsole? console, bool hasXmlErrors)
    {
        _watcher = console is { IsWatched: true } ? console : null;
        _hasXmlErrors = hasXmlErrors;
    }

    /// <summary>Standard output that nobody watched.</summary>
    public string Output => Kept(_output);

    /// <summary>Standard error that nobody watched.</summary>
    public string Error => Kept(_error);

    /// <inheritdoc/>
    public override PSHostRawUserInterface? RawUI => null;

    /// <inheritdoc/>
    public override void Write(string value) => Add(false, Plain(value));

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Add(false, Plain(value));

    /// <inheritdoc/>
    public override void WriteLine(string value) => Add(false, Plain(value) + "\r\n");

    /// <inheritdoc/>
    public override void WriteErrorLine(string value)
    {
        if (!Serialize("Error", value + "\r\n"))
        {
            Add(true, value + "\r\n");
        }
    }

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => Line("debug", "DEBUG: ", message);

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => Line("verbose", "VERBOSE: ", message);

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => Line("warning", "WARNING: ", message);

    /// <inheritdoc/>
    public override void WriteInformation(InformationRecord record) => Serialize("information", record);

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        var both = new PSObject();
        both.Properties.Add(new PSNoteProperty("SourceId", sourceId));
        both.Properties.Add(new PSNoteProperty("Record", record));
        Serialize("progress", both);
    }

    /// <inheritdoc/>
    public override string ReadLine() => throw NobodyThere();

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString() => throw NobodyThere();

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => throw NobodyThere();

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => throw NobodyThere();

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw NobodyThere();

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw NobodyThere();

    /// <summary>Ends the document on standard error, if there is one.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _serializer?.Done();
            _xml?.Flush();
            _serializer = null;
            _xml?.Dispose();
            _xml = null;
        }
    }

    private static PSInvalidOperationException NobodyThere() =>
        new("PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.");

    // The formatter marks cells even where no colour is wanted.
    private static string Plain(string value) => new StringDecorated(value).ToString(OutputRendering.PlainText);

    private void Line(string stream, string prefix, string message)
    {
        if (!Serialize(stream, message))
        {
            Add(false, prefix + message + "\r\n");
        }
    }

    // False: errors are text.
    private bool Serialize(string stream, object value)
    {
        if (!_hasXmlErrors)
        {
            return false;
        }
        lock (_gate)
        {
            if (_serializer is null)
            {
                Add(true, "#< CLIXML\r\n");
                _xml = XmlWriter.Create(new ErrorWriter(this), new XmlWriterSettings { CheckCharacters = false, OmitXmlDeclaration = true });
                _serializer = new Serializer(_xml);
            }
            _serializer.Serialize(value, stream);
            _xml!.Flush();
        }
        return true;
    }

    private void Add(bool isError, string? text)
    {
        if (_watcher is not null)
        {
            _watcher.Write(isError, text ?? "");
            return;
        }
        lock (_gate)
        {
            (isError ? _error : _output).Append(text);
        }
    }

    private string Kept(StringBuilder source)
    {
        lock (_gate)
        {
            return source.ToString();
        }
    }

    private sealed class ErrorWriter(ProgramHostUi ui) : TextWriter
    {
        public override Encoding Encoding => Encoding.Unicode;

        public override void Write(char value) => ui.Add(true, value.ToString());

        public override void Write(char[] buffer, int index, int count) => ui.Add(true, new string(buffer, index, count));

        public override void Write(string? value) => ui.Add(true, value);
    }
}
