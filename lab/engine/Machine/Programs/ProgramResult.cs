namespace Firebreak.Lab.Machines;

/// <summary>What a program left behind.</summary>
/// <param name="ExitCode">Exit code as a signed 32-bit number.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record ProgramResult(int ExitCode, string Output = "", string Error = "");
