using System.Management.Automation;
using Firebreak.Lab.Engine.Cmdlets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Engine.Statics;
using Firebreak.Lab.Machines;

// The namespace is part of every error id that a client sees.
namespace Microsoft.PowerShell.Commands;

/// <summary>Start-Process: programs of the machine. What they write goes nowhere unless it is redirected to a file.</summary>
[Cmdlet(VerbsLifecycle.Start, "Process", DefaultParameterSetName = "Default", SupportsShouldProcess = true)]
public sealed class StartProcessCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>The program.</summary>
    [Parameter(Position = 0, Mandatory = true), Alias("PSPath", "Path")]
    public string FilePath { get; set; } = "";

    /// <summary>Its arguments, joined by blanks as they stand.</summary>
    [Parameter(Position = 1), Alias("Args")]
    public string?[]? ArgumentList { get; set; }

    /// <summary>As whom: refused.</summary>
    [Parameter(ParameterSetName = "Default"), Credential, Alias("RunAs")]
    public PSCredential? Credential { get; set; }

    /// <summary>Its folder.</summary>
    [Parameter]
    public string? WorkingDirectory { get; set; }

    /// <summary>Load the user's profile: makes no difference here.</summary>
    [Parameter(ParameterSetName = "Default"), Alias("Lup")]
    public SwitchParameter LoadUserProfile { get; set; }

    /// <summary>In this window: there is none.</summary>
    [Parameter(ParameterSetName = "Default"), Alias("nnw")]
    public SwitchParameter NoNewWindow { get; set; }

    /// <summary>Output the process.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>File for its errors.</summary>
    [Parameter(ParameterSetName = "Default"), Alias("RSE")]
    public string? RedirectStandardError { get; set; }

    /// <summary>File for its input: not read by the lab's programs.</summary>
    [Parameter(ParameterSetName = "Default"), Alias("RSI")]
    public string? RedirectStandardInput { get; set; }

    /// <summary>File for its output.</summary>
    [Parameter(ParameterSetName = "Default"), Alias("RSO")]
    public string? RedirectStandardOutput { get; set; }

    /// <summary>What to do with a document: only open and runas.</summary>
    [Parameter(ParameterSetName = "UseShellExecute")]
    public string? Verb { get; set; }

    /// <summary>How the window looks: there is none.</summary>
    [Parameter]
    public System.Diagnostics.ProcessWindowStyle WindowStyle { get; set; }

    /// <summary>Wait for its end.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>With the system's environment.</summary>
    [Parameter(ParameterSetName = "Default")]
    public SwitchParameter UseNewEnvironment { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Credential is not null)
        {
            throw new LabRefusalException("Start-Process -Credential");
        }
        if (Verb is not (null or "open" or "runas"))
        {
            throw new LabRefusalException("Start-Process -Verb " + Verb);
        }
        SessionContext context = SessionContext.Current;
        if (!ShouldProcess(FilePath))
        {
            return;
        }
        string arguments = string.Join(' ', ArgumentList ?? []);
        string line = (CommandLine.Quote(FilePath) + " " + arguments).TrimEnd();
        RunningProgram program;
        try
        {
            ProgramContext child = context.ForChild();
            if (WorkingDirectory is not null)
            {
                child = child with { CurrentDirectory = context.FullPath(WorkingDirectory) };
            }
            if (UseNewEnvironment)
            {
                child = child with { Environment = null };
            }
            program = context.Machine.Programs.StartCommandLine(line, child);
        }
        catch (LabWin32Exception error)
        {
            var cause = new InvalidOperationException($"This command cannot be run due to the error: {error.Message}", error);
            ThrowTerminatingError(new ErrorRecord(cause, "InvalidOperationException", ErrorCategory.InvalidOperation, null));
            return;
        }
        Task ended = Redirect(context, program.Completion);
        var process = new LabProcessObject(program);
        if (PassThru)
        {
            WriteObject(LabProcessObject.Describe(process));
        }
        if (Wait)
        {
            try
            {
                ended.Wait(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                throw new PipelineStoppedException();
            }
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private Task Redirect(SessionContext context, Task<ProgramResult> completion)
    {
        string? output = RedirectStandardOutput is null ? null : context.FullPath(RedirectStandardOutput);
        string? error = RedirectStandardError is null ? null : context.FullPath(RedirectStandardError);
        if (output is null && error is null)
        {
            return completion;
        }
        return completion.ContinueWith(result =>
        {
            if (output is not null) { context.Files.WriteBytes(output, context.Ansi.GetBytes(result.Result.Output)); }
            if (error is not null) { context.Files.WriteBytes(error, context.Ansi.GetBytes(result.Result.Error)); }
        }, TaskScheduler.Default);
    }
}
