namespace Firebreak.Lab.Machines;

/// <summary>A program that the lab emulates.</summary>
internal interface ILabProgram
{
    /// <summary>Runs to the end on this thread.</summary>
    /// <exception cref="OperationCanceledException">It was killed.</exception>
    /// <exception cref="LabRefusalException">It was asked for what the lab has not.</exception>
    ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context);
}
