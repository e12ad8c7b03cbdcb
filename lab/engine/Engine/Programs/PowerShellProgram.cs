using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Programs;

/// <summary>powershell.exe on a machine: the real engine in a runspace of that machine, with the exit codes of powershell.exe.</summary>
internal static class PowerShellProgram
{
    // What powershell.exe -File ends with when there is no such script.
    private const int NoSuchFile = -196608;

    /// <summary>Runs it to its end on this thread.</summary>
    /// <exception cref="OperationCanceledException">It was killed.</exception>
    public static ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext program)
    {
        try
        {
            return RunToEnd(machine, arguments, program);
        }
        catch (Exception error) when (error is not OperationCanceledException && program.Cancellation.IsCancellationRequested)
        {
            // Killed at a moment when the engine says something else of it.
            throw new OperationCanceledException(error.Message, error, program.Cancellation);
        }
    }

    private static ProgramResult RunToEnd(Machine machine, IReadOnlyList<string> arguments, ProgramContext program)
    {
        PowerShellArguments options = PowerShellArguments.Parse(arguments);
        if (options.Error is { } wrong)
        {
            return new ProgramResult(1, "", wrong + "\r\n");
        }
        if (options.File is null && options.Command is null)
        {
            throw new LabRefusalException("interactive powershell.exe");
        }
        var context = new SessionContext(machine, program, program.ProcessId, isRemote: false);
        using var ui = new ProgramHostUi(program.Console, options.HasXmlErrors);
        var host = new ProgramHost(context, ui);
        using Runspace runspace = RunspaceFactory.CreateRunspace(host, SessionStateFactory.Create(context));
        SessionContext.Bind(runspace, context);
        runspace.Open();
        using PowerShell shell = PowerShell.Create();
        shell.Runspace = runspace;
        bool isFile = options.File is not null;
        if (isFile)
        {
            string path = context.Files.Normalize(options.File!, program.CurrentDirectory);
            if (!context.Files.FileExists(path))
            {
                return new ProgramResult(NoSuchFile, "", $"The argument '{options.File}' to the -File parameter does not exist. Provide the path to an existing '.ps1' file as an argument to the -File parameter.\r\n");
            }
            shell.AddCommand(path);
            AddArguments(shell, options.FileArguments);
        }
        else
        {
            shell.AddScript(options.Command!);
        }
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        // A stop before the start has no effect, so it is asked for again once the pipeline runs.
        shell.InvocationStateChanged += (_, change) =>
        {
            if (change.InvocationStateInfo.State == PSInvocationState.Running && program.Cancellation.IsCancellationRequested)
            {
                shell.BeginStop(null, null);
            }
        };
        using CancellationTokenRegistration killed = program.Cancellation.Register(() => shell.BeginStop(null, null));
        program.Cancellation.ThrowIfCancellationRequested();
        bool failed = false;
        try
        {
            // The engine puts $? back to what it was after a pipeline that is not for the history.
            var settings = new PSInvocationSettings { AddToHistory = true };
            if (program.Console?.Input is { } piped)
            {
                var input = new PSDataCollection<string>();
                Task feeding = Task.Run(() => Feed(input, piped, program.Cancellation));
                // Asynchronously: the engine takes a pipeline that is waited for as one whose input is complete.
                shell.EndInvoke(shell.BeginInvoke(input, new PSDataCollection<PSObject>(), settings, null, null));
                // As powershell.exe, which reads its input to the end before it ends.
                feeding.GetAwaiter().GetResult();
            }
            else
            {
                shell.Invoke(null, settings);
            }
        }
        catch (RuntimeException error)
        {
            failed = true;
            Report(runspace, error.ErrorRecord);
        }
        program.Cancellation.ThrowIfCancellationRequested();
        ui.Dispose();
        return new ProgramResult(ExitCode(host, runspace, context, isFile, failed), ui.Output, ui.Error);
    }

    // What ended the script looks like any other error record.
    private static void Report(Runspace runspace, ErrorRecord error)
    {
        using PowerShell shell = PowerShell.Create();
        shell.Runspace = runspace;
        var shown = new PSObject(error);
        shown.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        shell.AddCommand("Out-Default").Invoke(new[] { shown });
    }

    // Each line of standard input is an object of $input.
    private static void Feed(PSDataCollection<string> input, ProgramInput piped, CancellationToken cancellation)
    {
        try
        {
            foreach (string line in piped.Lines(cancellation))
            {
                input.Add(line);
            }
        }
        catch (OperationCanceledException)
        {
            // Killed: the pipeline is being stopped.
        }
        finally
        {
            input.Complete();
        }
    }

    private static int ExitCode(ProgramHost host, Runspace runspace, SessionContext context, bool isFile, bool failed)
    {
        if (host.ExitCode is { } code)
        {
            return code;
        }
        if (failed)
        {
            return 1;
        }
        if (!isFile)
        {
            return runspace.ExecutionContext.QuestionMarkVariableValue ? 0 : 1;
        }
        // A script's exit leaves its code here, and so does every program it ran; only the former counts.
        object? last = runspace.ExecutionContext.GetVariableValue(SpecialVariables.LastExitCodeVarPath);
        return last is int number && !ReferenceEquals(last, context.LastProgramExit) ? number : 0;
    }

    // Arguments of -File are text; what begins with a dash names a parameter.
    private static void AddArguments(PowerShell shell, IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument.Length < 2 || argument[0] != '-' || char.IsDigit(argument[1]))
            {
                shell.AddArgument(argument);
                continue;
            }
            int colon = argument.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                shell.AddParameter(argument[1..colon], argument[(colon + 1)..]);
            }
            else if (i + 1 < arguments.Count && (arguments[i + 1].Length == 0 || arguments[i + 1][0] != '-'))
            {
                shell.AddParameter(argument[1..], arguments[++i]);
            }
            else
            {
                shell.AddParameter(argument[1..]);
            }
        }
    }
}
