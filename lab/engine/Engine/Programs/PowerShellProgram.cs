using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Programs;

/// <summary>powershell.exe on a machine.</summary>
internal static class PowerShellProgram
{
    /// <summary>Runs it.</summary>
    public static ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context) =>
        throw new LabRefusalException("powershell.exe yet");
}
