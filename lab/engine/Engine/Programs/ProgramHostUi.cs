using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace Firebreak.Lab.Engine.Programs;

/// <summary>Collects what powershell.exe writes; there is nobody to ask (-NonInteractive).</summary>
internal sealed class ProgramHostUi : PSHostUserInterface
{
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    /// <summary>Standard output.</summary>
    public string Output => Text(_output);

    /// <summary>Standard error.</summary>
    public string Error => Text(_error);

    /// <inheritdoc/>
    public override PSHostRawUserInterface? RawUI => null;

    /// <inheritdoc/>
    public override void Write(string value) => Add(_output, value);

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Add(_output, value);

    /// <inheritdoc/>
    public override void WriteLine(string value) => Add(_output, value + "\r\n");

    /// <inheritdoc/>
    public override void WriteErrorLine(string value) => Add(_error, value + "\r\n");

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => Add(_output, "DEBUG: " + message + "\r\n");

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => Add(_output, "VERBOSE: " + message + "\r\n");

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => Add(_output, "WARNING: " + message + "\r\n");

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
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

    private static PSInvalidOperationException NobodyThere() =>
        new("PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.");

    private static void Add(StringBuilder target, string? text)
    {
        lock (target)
        {
            target.Append(text);
        }
    }

    private static string Text(StringBuilder source)
    {
        lock (source)
        {
            return source.ToString();
        }
    }
}
