namespace Firebreak.Lab.Machines;

/// <summary>Runs powershell.exe with its arguments (-File, -EncodedCommand, -Command …). Set by the engine. Runs on the caller's thread until it ends or <see cref="ProgramContext.Cancellation"/> is cancelled.</summary>
public delegate ProgramResult PowerShellRunner(Machine machine, IReadOnlyList<string> arguments, ProgramContext context);
