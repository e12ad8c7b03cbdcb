using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Programs;

/// <summary>Runs a program of the machine in the foreground, as the engine would run a native command.</summary>
[Cmdlet(VerbsLifecycle.Start, "LabProgram")]
public sealed class StartLabProgramCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Full path of the program.</summary>
    [Parameter(Mandatory = true)]
    public string Program { get; set; } = "";

    /// <summary>Its arguments.</summary>
    [Parameter, AllowNull, AllowEmptyCollection, AllowEmptyString]
    public object?[]? Arguments { get; set; }

    /// <summary>Whether something is piped to it.</summary>
    [Parameter]
    public SwitchParameter CallerInput { get; set; }

    /// <summary>What is piped to it; the lab's programs read nothing.</summary>
    [Parameter(ValueFromPipeline = true), AllowNull]
    public object? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        SessionContext context = SessionContext.Current;
        ProgramResult result;
        try
        {
            result = context.Machine.Programs.Run(Program, NativeArguments.From(Arguments), context.ForChild(_stop.Token));
        }
        catch (LabWin32Exception error)
        {
            var failure = new ApplicationFailedException($"Program '{Path(Program)}' failed to run: {error.Message}", error);
            ThrowTerminatingError(new ErrorRecord(failure, "NativeCommandFailed", ErrorCategory.ResourceUnavailable, null));
            throw;
        }
        if (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        // The box is kept: it tells an exit code of a program from one that a script's exit left.
        context.LastProgramExit = result.ExitCode;
        Context.SetVariable(SpecialVariables.LastExitCodeVarPath, context.LastProgramExit);
        foreach (string line in Lines(result.Output))
        {
            WriteObject(line);
        }
        bool first = true;
        foreach (string line in Lines(result.Error))
        {
            string id = first ? "NativeCommandError" : "NativeCommandErrorMessage";
            WriteErrorLine(new ErrorRecord(new RemoteException(line), id, ErrorCategory.NotSpecified, line));
            first = false;
        }
        NativeResult.SetSuccess(Context, result.ExitCode == 0);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    // What a program writes to its standard error is no error of the script: $ErrorActionPreference does not apply to it.
    private void WriteErrorLine(ErrorRecord record)
    {
        if (GetVariableValue("MyInvocation") is InvocationInfo caller)
        {
            // To the caller it is a native program, whatever stands for it here.
            record.SetInvocationInfo(new InvocationInfo(new ApplicationInfo(Path(Program), Program, Context), caller.ScriptPosition));
            record.PreserveInvocationInfoOnce = true;
        }
        ((MshCommandRuntime)CommandRuntime)._WriteErrorSkipAllowCheck(record, ActionPreference.Continue, isFromNativeStdError: true);
    }

    private static string Path(string full) => full[(full.LastIndexOf('\\') + 1)..];

    private static IEnumerable<string> Lines(string text)
    {
        if (text.Length == 0)
        {
            yield break;
        }
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        int count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        for (int i = 0; i < count; i++)
        {
            yield return lines[i];
        }
    }
}
