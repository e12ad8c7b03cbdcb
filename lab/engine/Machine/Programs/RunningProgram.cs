namespace Firebreak.Lab.Machines;

/// <summary>A program that runs.</summary>
/// <param name="Process">Its process.</param>
/// <param name="Completion">Its end; a killed program ends with exit code 1, or -1 when the power went. Never faulted.</param>
public sealed record RunningProgram(LabProcess Process, Task<ProgramResult> Completion);
