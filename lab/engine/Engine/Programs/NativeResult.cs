using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Runspaces;

namespace Firebreak.Lab.Engine.Programs;

/// <summary>Makes <c>$?</c> say what the program's exit code says.</summary>
internal static class NativeResult
{
    /// <summary>Marks the statement that runs the program as failed.</summary>
    public static void SetSuccess(System.Management.Automation.ExecutionContext context, bool success)
    {
        if (success)
        {
            return;
        }
        // The program's command is a function, and inside it runs a pipeline of its own; $? of the caller is decided by
        // the pipelines below that one.
        if (context.CurrentRunspace is LocalRunspace runspace && runspace.GetCurrentlyRunningPipeline() is LocalPipeline pipeline)
        {
            foreach (PipelineProcessor processor in pipeline.Stopper._stack.Take(2))
            {
                processor.ExecutionFailed = true;
            }
        }
    }
}
